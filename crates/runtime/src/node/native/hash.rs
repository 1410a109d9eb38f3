//! Digests, message authentication and keys from passwords.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::{Ctx, Object, Result, TypedArray};
use sha1::digest::DynDigest;

use super::Functions;
use crate::bytes::copy_of;

type Bytes<'js> = TypedArray<'js, u8>;

/// Adds `hasher(name)`, `mac(name, key)` and `pbkdf2(name, password, salt, iterations, size)`. Each
/// gives nothing for a name that is not known.
pub(super) fn add(functions: &Functions<'_>) -> Result<()> {
    functions.add("hasher", hasher)?;
    functions.add("mac", mac)?;
    functions.add("pbkdf2", pbkdf2)
}

/// A digest by its name, and the size of its blocks in bytes.
fn digest(name: &str) -> Option<(Box<dyn DynDigest>, usize)> {
    Some(match name {
        "md5" => (Box::<md5::Md5>::default(), 64),
        "sha1" => (Box::<sha1::Sha1>::default(), 64),
        "sha224" => (Box::<sha2::Sha224>::default(), 64),
        "sha256" => (Box::<sha2::Sha256>::default(), 64),
        "sha384" => (Box::<sha2::Sha384>::default(), 128),
        "sha512" => (Box::<sha2::Sha512>::default(), 128),
        "sha512-224" => (Box::<sha2::Sha512_224>::default(), 128),
        "sha512-256" => (Box::<sha2::Sha512_256>::default(), 128),
        _ => return None,
    })
}

/// What bytes are fed to: a digest, or a keyed one (RFC 2104).
struct Hasher {
    inner: Box<dyn DynDigest>,
    /// The digest of the outer key, where there is a key.
    outer: Option<Box<dyn DynDigest>>,
}

impl Hasher {
    fn plain(name: &str) -> Option<Self> {
        let (inner, _) = digest(name)?;
        Some(Self { inner, outer: None })
    }

    fn keyed(name: &str, key: &[u8]) -> Option<Self> {
        let (mut inner, block) = digest(name)?;
        let mut outer = inner.box_clone();
        let mut padded = vec![0; block];
        if key.len() > block {
            let (mut shortened, _) = digest(name)?;
            shortened.update(key);
            let short = shortened.finalize_reset();
            padded[..short.len()].copy_from_slice(&short);
        } else {
            padded[..key.len()].copy_from_slice(key);
        }
        inner.update(&padded.iter().map(|byte| byte ^ 0x36).collect::<Vec<_>>());
        outer.update(&padded.iter().map(|byte| byte ^ 0x5c).collect::<Vec<_>>());
        let outer = Some(outer);
        Some(Self { inner, outer })
    }

    fn finish(&self) -> Vec<u8> {
        let digest = self.inner.box_clone().finalize();
        match &self.outer {
            Some(outer) => {
                let mut outer = outer.box_clone();
                outer.update(&digest);
                outer.finalize().into_vec()
            }
            None => digest.into_vec(),
        }
    }
}

impl Clone for Hasher {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.box_clone(),
            outer: self.outer.as_ref().map(|outer| outer.box_clone()),
        }
    }
}

fn hasher<'js>(ctx: Ctx<'js>, name: String) -> Result<Option<Object<'js>>> {
    Hasher::plain(&name)
        .map(|hasher| object(&ctx, hasher))
        .transpose()
}

fn mac<'js>(ctx: Ctx<'js>, name: String, key: Bytes<'js>) -> Result<Option<Object<'js>>> {
    Hasher::keyed(&name, &copy_of(&key))
        .map(|hasher| object(&ctx, hasher))
        .transpose()
}

/// `update(bytes)`, `digest()` and `copy()`.
fn object<'js>(ctx: &Ctx<'js>, hasher: Hasher) -> Result<Object<'js>> {
    let functions = Functions(Object::new(ctx.clone())?);
    let hasher = Rc::new(RefCell::new(hasher));
    let at = hasher.clone();
    functions.add("update", move |bytes: Bytes<'_>| {
        at.borrow_mut().inner.update(&copy_of(&bytes));
    })?;
    let at = hasher.clone();
    functions.add("digest", move |ctx| Bytes::new(ctx, at.borrow().finish()))?;
    functions.add("copy", Copy(hasher))?;
    Ok(functions.0)
}

/// Makes another object that goes on from here.
struct Copy(Rc<RefCell<Hasher>>);

impl<'js> rquickjs::function::IntoJsFunc<'js, (Ctx<'js>,)> for Copy {
    fn param_requirements() -> rquickjs::function::ParamRequirement {
        rquickjs::function::ParamRequirement::none()
    }

    fn call<'a>(
        &self,
        params: rquickjs::function::Params<'a, 'js>,
    ) -> Result<rquickjs::Value<'js>> {
        let copy = self.0.borrow().clone();
        object(params.ctx(), copy).map(Object::into_value)
    }
}

/// PBKDF2 (RFC 8018) over HMAC.
fn pbkdf2<'js>(
    ctx: Ctx<'js>,
    name: String,
    password: Bytes<'js>,
    salt: Bytes<'js>,
    iterations: u32,
    size: usize,
) -> Result<Option<Bytes<'js>>> {
    let Some(mac) = Hasher::keyed(&name, &copy_of(&password)) else {
        return Ok(None);
    };
    let salt = copy_of(&salt);
    let mut key = Vec::with_capacity(size);
    for block in 1_u32.. {
        if key.len() >= size {
            break;
        }
        let mut hasher = mac.clone();
        hasher.inner.update(&salt);
        hasher.inner.update(&block.to_be_bytes());
        let mut round = hasher.finish();
        let mut sum = round.clone();
        for _ in 1..iterations {
            let mut hasher = mac.clone();
            hasher.inner.update(&round);
            round = hasher.finish();
            for (total, byte) in sum.iter_mut().zip(&round) {
                *total ^= byte;
            }
        }
        key.extend_from_slice(&sum);
    }
    key.truncate(size);
    Bytes::new(ctx, key).map(Some)
}
