//! A simulated world in a file of its own: what stands under `world` of a suite's sim entry.

use std::path::Path;

use rtest_core::plan::SimWorld;
use rtest_core::{Diagnostic, Secrets};

use crate::check;
use crate::diagnostics::Diagnostics;
use crate::file::World;
use crate::interpolate;
use crate::shape::Shape;
use crate::source::Source;
use crate::suite::{Inputs, not_text, read};
use crate::yaml;

/// Reads and checks the world in a file.
///
/// # Errors
/// Everything that is wrong with it, in the order of its text; never empty.
pub fn load_world(path: &Path, inputs: &Inputs) -> Result<SimWorld, Vec<Diagnostic>> {
    let shown = path.display().to_string();
    let text = read("world", path, &shown).map_err(|diagnostic| vec![*diagnostic])?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if let Some(offset) = text.find('\0') {
        return Err(vec![*not_text("world", &shown, offset)]);
    }
    let (mut found, mut secrets) = (Diagnostics::default(), Secrets::default());
    let world = match yaml::parse(&Source::new(text, &shown), &mut found) {
        Ok(mut root) => {
            interpolate::resolve(&mut root, &inputs.variables, &mut secrets, &mut found);
            let file = World::read(&root, &mut found);
            file.and_then(|file| check::world(&file, &mut found))
        }
        Err(fatal) => {
            found.add(*fatal);
            None
        }
    };
    match world {
        Some(world) if found.is_empty() => Ok(world),
        _ => Err(found.into_sorted(&secrets)),
    }
}
