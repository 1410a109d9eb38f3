//! The functions through which the prelude reaches the simulated world: `host.world()`, made when
//! a program first needs it. What can fail gives libuv's negative number in place of a result.

use std::rc::Rc;
use std::time::Duration;

use rquickjs::convert::List;
use rquickjs::{ArrayBuffer, Ctx, IntoJs, Object, Result, TypedArray, Value};

use super::bindings::Bindings;
use super::host::Host;
use super::wishes::{DiskWish, LinkWish};
use crate::bytes::copy_of;
use crate::clock::EPOCH_MS;
use crate::trace::Action;
use crate::world::disk::{BLOCK_BYTES, Disk, Follow, Room, Stat};
use crate::world::net::SocketId;
use crate::world::{Errno, WorkKind, World};

/// Makes the object.
pub(super) fn world_object<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let bindings = Bindings::new(ctx, &object);
    life(&bindings, host)?;
    names(&bindings, host)?;
    attributes(&bindings, host)?;
    open_files(&bindings, host)?;
    sockets(&bindings, host)?;
    network(&bindings, host)?;
    Ok(object)
}

impl Host {
    /// A system call on the disk, at the instant of the program's clock, which may fail.
    fn on_disk<T>(&self, act: impl FnOnce(&mut Disk) -> std::result::Result<T, Errno>) -> Reply<T> {
        self.on_sure_disk(|disk, now_ns| {
            disk.faults.strike(now_ns)?;
            act(disk)
        })
    }

    /// One that does not fail by a fault. Outside of the thread pool the program waits for it.
    fn on_sure_disk<T>(
        &self,
        act: impl FnOnce(&mut Disk, u64) -> std::result::Result<T, Errno>,
    ) -> Reply<T> {
        let mut clock = self.clock.borrow_mut();
        let world = &mut *self.world.borrow_mut();
        if !world.in_task {
            let waits_ns = world.disk.faults.delay_ns(clock.elapsed_ns());
            clock.block(Duration::from_nanos(waits_ns));
        }
        let now_ns = clock.elapsed_ns();
        world.disk.set_now(EPOCH_MS * 1_000_000 + now_ns);
        Reply(act(&mut world.disk, now_ns))
    }

    /// What is done to the network, at the instant of the program's clock.
    fn on_network<T>(
        &self,
        act: impl FnOnce(&mut World, u64) -> std::result::Result<T, Errno>,
    ) -> Reply<T> {
        let now_ns = self.clock.borrow().elapsed_ns();
        Reply(act(&mut self.world.borrow_mut(), now_ns))
    }
}

/// A result, or the number of an error.
struct Reply<T>(std::result::Result<T, Errno>);

impl<'js, T: IntoJs<'js>> IntoJs<'js> for Reply<T> {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        match self.0 {
            Ok(value) => value.into_js(ctx),
            Err(errno) => errno.code().into_js(ctx),
        }
    }
}

/// Bytes that become an `ArrayBuffer`.
struct Bytes(Vec<u8>);

impl<'js> IntoJs<'js> for Bytes {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        ArrayBuffer::new_copy(ctx.clone(), self.0).map(ArrayBuffer::into_value)
    }
}

/// A `stat` as Node's library wants it: eighteen numbers.
impl<'js> IntoJs<'js> for Stat {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        const DEVICE: f64 = 1.0;
        const BLOCK_BYTES: f64 = 4096.0;
        let mut fields = vec![
            DEVICE,
            f64::from(self.mode),
            f64::from(self.links),
            f64::from(self.uid),
            f64::from(self.gid),
            0.0,
            BLOCK_BYTES,
            self.ino as f64,
            self.size as f64,
            // In units of 512 bytes, whole blocks of the disk.
            (self.size.div_ceil(4096) * 8) as f64,
        ];
        for ns in [
            self.accessed_ns,
            self.modified_ns,
            self.changed_ns,
            self.born_ns,
        ] {
            fields.push((ns / 1_000_000_000) as f64);
            fields.push((ns % 1_000_000_000) as f64);
        }
        fields.into_js(ctx)
    }
}

/// A `statfs`: seven numbers.
impl<'js> IntoJs<'js> for Room {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        /// `TMPFS_MAGIC` of Linux.
        const IN_MEMORY: u64 = 0x0102_1994;
        let fields = [
            IN_MEMORY,
            BLOCK_BYTES,
            self.blocks,
            self.free_blocks,
            self.free_blocks,
            self.files,
            self.free_files,
        ];
        fields.map(|field| field as f64).to_vec().into_js(ctx)
    }
}

/// Requests, handles, and the phases that they end in.
fn life(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add(
        "work",
        move |id: u32, kind: String, place: Option<String>| {
            let Some(kind) = WorkKind::of(&kind) else {
                return;
            };
            let now_ns = at.clock.borrow().elapsed_ns();
            at.set_place(place);
            at.record_placed(Action::WorkQueued(id, kind));
            at.world.borrow_mut().work(id, kind, now_ns);
        },
    )?;
    let at = host.clone();
    bindings.add("inTask", move |in_task: bool| {
        at.world.borrow_mut().in_task = in_task;
    })?;
    let at = host.clone();
    bindings.add("closing", move |id: u32| {
        at.world.borrow_mut().closing.push_back(id);
    })?;
    let at = host.clone();
    bindings.add("pending", move |id: u32| at.world.borrow_mut().pend(id))?;
    let at = host.clone();
    bindings.add("raise", move |signal: u32| {
        at.world.borrow_mut().signals.push_back(signal);
    })?;
    let at = host.clone();
    bindings.add("wake", move || {
        let now_ns = at.clock.borrow().elapsed_ns();
        at.world.borrow_mut().wake(now_ns);
    })?;
    let at = host.clone();
    bindings.add("hold", move || at.world.borrow_mut().hold())?;
    let at = host.clone();
    bindings.add("release", move || at.world.borrow_mut().release())
}

fn follow(links: bool) -> Follow {
    if links { Follow::Yes } else { Follow::No }
}

fn names(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("chdir", move |path: String| {
        at.on_disk(|disk| disk.chdir(&path))
    })?;
    let at = host.clone();
    bindings.add("statfs", move |path: String| {
        at.on_disk(|disk| disk.room(&path))
    })?;
    let at = host.clone();
    bindings.add("mkdir", move |path: String, mode: u32| {
        at.on_disk(|disk| disk.mkdir(&path, mode).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("mkdirRecursive", move |path: String, mode: u32| {
        at.on_disk(|disk| disk.mkdir_recursive(&path, mode))
    })?;
    let at = host.clone();
    bindings.add("readdir", move |path: String| {
        at.on_disk(|disk| {
            let entries = disk.readdir(&path)?;
            let (names, types): (Vec<String>, Vec<u32>) = entries
                .into_iter()
                .map(|(name, kind)| (name, kind.entry_type()))
                .unzip();
            Ok(List((names, types)))
        })
    })?;
    let at = host.clone();
    bindings.add("rmdir", move |path: String| {
        at.on_disk(|disk| disk.rmdir(&path).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("unlink", move |path: String| {
        at.on_disk(|disk| disk.unlink(&path).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("rename", move |from: String, to: String| {
        at.on_disk(|disk| disk.rename(&from, &to).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("link", move |from: String, to: String| {
        at.on_disk(|disk| disk.link(&from, &to).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("symlink", move |target: String, path: String| {
        at.on_disk(|disk| disk.symlink(&target, &path).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("readlink", move |path: String| {
        at.on_disk(|disk| disk.readlink(&path))
    })?;
    let at = host.clone();
    bindings.add("realpath", move |path: String| {
        at.on_disk(|disk| disk.realpath(&path))
    })?;
    let at = host.clone();
    bindings.add(
        "copyFile",
        move |from: String, to: String, only_new: bool| {
            at.on_disk(|disk| disk.copy_file(&from, &to, only_new).map(|()| 0))
        },
    )
}

fn attributes(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    /// Seconds since 1970, as a program gives them, in nanoseconds.
    fn nanos(seconds: f64) -> u64 {
        (seconds * 1e9) as u64
    }
    let at = host.clone();
    bindings.add("stat", move |path: String, links: bool| {
        at.on_disk(|disk| disk.stat(&path, follow(links)))
    })?;
    let at = host.clone();
    bindings.add("access", move |path: String, wanted: u32| {
        at.on_disk(|disk| disk.access(&path, wanted).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("chmod", move |path: String, mode: u32| {
        at.on_disk(|disk| disk.chmod(&path, mode).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add(
        "chown",
        move |path: String, uid: u32, gid: u32, links: bool| {
            at.on_disk(|disk| disk.chown(&path, follow(links), uid, gid).map(|()| 0))
        },
    )?;
    let at = host.clone();
    bindings.add(
        "utimes",
        move |path: String, accessed: f64, modified: f64, links: bool| {
            let (accessed_ns, modified_ns) = (nanos(accessed), nanos(modified));
            at.on_disk(|disk| {
                disk.utimes(&path, follow(links), accessed_ns, modified_ns)
                    .map(|()| 0)
            })
        },
    )?;
    let at = host.clone();
    bindings.add(
        "futimes",
        move |descriptor: i32, accessed: f64, modified: f64| {
            let (accessed_ns, modified_ns) = (nanos(accessed), nanos(modified));
            at.on_disk(|disk| {
                disk.futimes(descriptor, accessed_ns, modified_ns)
                    .map(|()| 0)
            })
        },
    )
}

fn open_files(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    /// Below 0: where the last read or write ended.
    fn position(at: f64) -> Option<u64> {
        (at >= 0.0).then_some(at as u64)
    }
    let at = host.clone();
    bindings.add("open", move |path: String, flags: u32, mode: u32| {
        at.on_disk(|disk| disk.open(&path, flags, mode))
    })?;
    let at = host.clone();
    bindings.add("close", move |descriptor: i32| {
        at.on_sure_disk(|disk, _| disk.close(descriptor).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("read", move |descriptor: i32, length: usize, from: f64| {
        at.on_disk(|disk| disk.read(descriptor, length, position(from)).map(Bytes))
    })?;
    let at = host.clone();
    bindings.add(
        "write",
        move |descriptor: i32, data: TypedArray<'_, u8>, to: f64| {
            let data = copy_of(&data);
            at.on_disk(|disk| disk.write(descriptor, &data, position(to)))
        },
    )?;
    let at = host.clone();
    bindings.add("fstat", move |descriptor: i32| {
        at.on_disk(|disk| disk.fstat(descriptor))
    })?;
    let at = host.clone();
    bindings.add("ftruncate", move |descriptor: i32, length: f64| {
        at.on_disk(|disk| disk.ftruncate(descriptor, length as u64).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("fsync", move |descriptor: i32| {
        at.on_disk(|disk| disk.fsync(descriptor).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("fchmod", move |descriptor: i32, mode: u32| {
        at.on_disk(|disk| disk.fchmod(descriptor, mode).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("fchown", move |descriptor: i32, uid: u32, gid: u32| {
        at.on_disk(|disk| disk.fchown(descriptor, uid, gid).map(|()| 0))
    })
}

fn sockets(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("socket", move || at.world.borrow_mut().network.open())?;
    let at = host.clone();
    bindings.add("bind", move |id: SocketId, ip: String, port: u16| {
        at.on_network(|world, _| world.network.bind(id, &ip, port).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("listen", move |id: SocketId| {
        at.on_network(|world, _| world.network.listen(id).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("connect", move |id: SocketId, ip: String, port: u16| {
        at.on_network(|world, now_ns| {
            let (arrivals, pending) = (&mut world.arrivals, &mut world.pending);
            world
                .network
                .connect(id, &ip, port, now_ns, arrivals, pending)
                .map(|()| 0)
        })
    })?;
    let at = host.clone();
    bindings.add("send", move |id: SocketId, data: TypedArray<'_, u8>| {
        let data = copy_of(&data);
        at.on_network(|world, now_ns| {
            let arrivals = &mut world.arrivals;
            world.network.write(id, data, now_ns, arrivals)
        })
    })?;
    let at = host.clone();
    bindings.add("shutdown", move |id: SocketId| {
        at.on_network(|world, now_ns| {
            let arrivals = &mut world.arrivals;
            world.network.shutdown(id, now_ns, arrivals).map(|()| 0)
        })
    })?;
    let at = host.clone();
    bindings.add("closeSocket", move |id: SocketId, reset: bool| {
        let now_ns = at.clock.borrow().elapsed_ns();
        let world = &mut *at.world.borrow_mut();
        world.network.close(id, reset, now_ns, &mut world.arrivals);
    })?;
    let at = host.clone();
    bindings.add("setReading", move |id: SocketId, reading: bool| {
        at.on_network(|world, _| world.network.set_reading(id, reading).map(|()| 0))
    })?;
    let at = host.clone();
    bindings.add("boundInVain", move |id: SocketId| {
        at.world.borrow().network.is_bound_in_vain(id)
    })?;
    let at = host.clone();
    bindings.add("localAddress", move |id: SocketId| {
        at.world.borrow().network.local(id).map(List)
    })?;
    let at = host.clone();
    bindings.add("remoteAddress", move |id: SocketId| {
        at.world.borrow().network.remote(id).map(List)
    })
}

fn network(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("addHost", move |name: String| {
        at.world.borrow_mut().network.host(&name)
    })?;
    let at = host.clone();
    bindings.add("lookup", move |name: String| {
        at.world.borrow().network.lookup(&name)
    })?;
    let at = host.clone();
    bindings.add("changeDisk", move |change: DiskWish| {
        at.world.borrow_mut().disk.faults.change(&change.0);
    })?;
    let at = host.clone();
    bindings.add("changeLink", move |to: String, change: LinkWish| {
        let now_ns = at.clock.borrow().elapsed_ns();
        let world = &mut *at.world.borrow_mut();
        let arrivals = &mut world.arrivals;
        world.network.change_link(&to, &change.0, now_ns, arrivals);
    })?;
    let at = host.clone();
    bindings.add("resetLink", move |to: String| {
        let now_ns = at.clock.borrow().elapsed_ns();
        let world = &mut *at.world.borrow_mut();
        world.network.reset_link(&to, now_ns, &mut world.arrivals);
    })?;
    let at = host.clone();
    bindings.add("heal", move || at.world.borrow_mut().network.heal())
}
