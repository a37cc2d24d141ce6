//! IDX files, the form in which MNIST comes: a magic number, sizes, bytes.

use std::path::{Path, PathBuf};

/// Magic numbers of IDX files of bytes: two zeros, 8 for bytes, the number of dimensions.
pub(super) const IMAGES: u32 = 0x0803;
pub(super) const LABELS: u32 = 0x0801;

/// The images, a pixel an entry.
pub(super) fn images(bytes: &[u8]) -> Result<Vec<Vec<f64>>, String> {
    let (sides, pixels) = idx(bytes, IMAGES)?;
    let size = sides[1] * sides[2];
    Ok(pixels.chunks_exact(size.max(1)).map(|image| image.iter().map(|p| f64::from(*p)).collect()).collect())
}

/// The labels.
pub(super) fn labels(bytes: &[u8]) -> Result<Vec<usize>, String> {
    let (_, labels) = idx(bytes, LABELS)?;
    Ok(labels.iter().map(|l| usize::from(*l)).collect())
}

/// The labels' file of an image set, if it is there.
pub(super) fn beside(images: &Path) -> Option<PathBuf> {
    let name = images.file_name()?.to_str()?;
    if !(name.contains("images") && name.contains("idx3")) {
        return None;
    }
    let name = name.replace("images", "labels").replace("idx3", "idx1");
    // One of the two may be packed and the other not.
    let other = name.strip_suffix(".gz").map_or_else(|| format!("{name}.gz"), str::to_owned);
    [name, other].map(|name| images.with_file_name(name)).into_iter().find(|path| path.exists())
}

/// The dimensions of an IDX file and its bytes.
fn idx(bytes: &[u8], magic: u32) -> Result<(Vec<usize>, &[u8]), String> {
    let number = |i: usize| {
        let four = bytes.get(4 * i..4 * i + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    match number(0) {
        Some(found) if found == magic => {}
        Some(found) if found.swap_bytes() == magic => {
            return Err("a little-endian IDX file: IDX is big-endian, swap its header".into());
        }
        Some(found) => {
            return Err(format!("not the expected IDX file: magic number {found:#06x}, expected {magic:#06x}"));
        }
        None => return Err("not an IDX file: it is too short".into()),
    }
    let count = (magic & 0xff) as usize;
    let sides: Option<Vec<usize>> = (1..=count).map(|i| number(i).map(|n| n as usize)).collect();
    let sides = sides.ok_or("the IDX header is cut off")?;
    let content = &bytes[4 * (count + 1)..];
    let expected = sides.iter().try_fold(1usize, |product, s| product.checked_mul(*s));
    match expected {
        Some(expected) if expected == content.len() => Ok((sides, content)),
        _ => Err(format!("the IDX header says {sides:?}, {} bytes follow", content.len())),
    }
}
