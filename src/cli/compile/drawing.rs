//! Circuits as drawings: in text behind the report, or as SVG beside the programs.

use super::command::{Cli, Drawing};
use super::destination::{Destination, is_program, tell};
use crate::circuit::{Template, draw_template};
use crate::files::write_atomically;
use crate::report::circuit_picture;
use std::path::{Path, PathBuf};

/// Circuits with more gates than this are not drawn in text.
const LARGEST_TEXT: usize = 400;
/// Nor as SVG.
const LARGEST_SVG: usize = 2000;
/// The width of a drawing in letters, and in pixels.
const LETTERS: usize = 120;
const PIXELS: f64 = 1000.0;

/// The drawing of a program, by the program's file.
fn beside(program: &Path) -> PathBuf {
    program.with_extension("svg")
}

/// Drawings of programs that go to a single file, by the files of the programs: those in a folder have names that are always theirs.
pub fn beside_file(cli: &Cli, destination: &Destination, programs: &[PathBuf]) -> Vec<PathBuf> {
    let drawn = cli.draw == Some(Drawing::Svg) && matches!(destination, Destination::File(_));
    programs.iter().filter(|_| drawn).map(|program| beside(program)).collect()
}

/// Whether a name is one that this run may write to: that of a drawing where drawings are asked for.
pub fn may_be_written(cli: &Cli, file: &Path) -> bool {
    cli.draw == Some(Drawing::Svg) || file.extension().is_none_or(|ending| ending != "svg")
}

/// Refuses --draw svg where there is no file to write a drawing beside.
pub fn check(cli: &Cli, destination: &Destination) -> Result<(), String> {
    match destination {
        _ if cli.draw != Some(Drawing::Svg) => Ok(()),
        Destination::File(path) if is_program(path) => Ok(()),
        Destination::Folder(_) => Ok(()),
        _ => {
            Err("--draw svg writes beside the program: give a folder with -o, or a name that ends as programs do"
                .into())
        }
    }
}

/// A program as it is drawn: its name, and its circuit.
pub type Named = (String, Template);

/// Draws programs as SVG where that is asked for, and returns the names of the files. Those too large are left
/// out.
pub fn write_pictures(cli: &Cli, destination: &Destination, programs: &[Named]) -> Result<Vec<PathBuf>, String> {
    let folder = match destination {
        Destination::Folder(folder) => Some(folder.as_path()),
        Destination::File(path) => path.parent(),
        Destination::Stdout => None,
    };
    let (Some(folder), Some(Drawing::Svg)) = (folder, cli.draw) else { return Ok(vec![]) };
    let mut files = vec![];
    for (name, template) in programs.iter().filter(|(_, template)| fits(template, LARGEST_SVG)) {
        let file = beside(&folder.join(name));
        write_atomically(&file, circuit_picture(template, name, PIXELS)).map_err(|error| error.to_string())?;
        files.push(file);
    }
    Ok(files)
}

/// Draws programs in text, or says which are not drawn at all.
pub fn show(cli: &Cli, destination: &Destination, programs: &[Named]) -> Result<(), String> {
    let Some(how) = cli.draw.filter(|_| !cli.common.takes_stdout()) else { return Ok(()) };
    let most = if how == Drawing::Svg { LARGEST_SVG } else { LARGEST_TEXT };
    for (name, template) in programs {
        let gates = template.circuit().gate_count();
        if gates > most {
            tell(destination, &format!("\n{name}: {gates} gates, too many to draw (at most {most})\n"))?;
        } else if how == Drawing::Text {
            tell(destination, &format!("\n{name}\n{}", draw_template(template, LETTERS)))?;
        }
    }
    Ok(())
}

fn fits(template: &Template, most: usize) -> bool {
    template.circuit().gate_count() <= most
}
