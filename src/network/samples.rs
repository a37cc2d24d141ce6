//! Labelled inputs: tables (CSV) and image sets (IDX), gzipped or not.

use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Inputs of a network with their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// One input a sample, not normalised; all of one length.
    pub inputs: Vec<Vec<f64>>,
    /// The class of each sample, where the file says it.
    pub labels: Option<Vec<usize>>,
}

/// Which rows of a table with a `split` column are wanted; other files have no such column and are taken whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// Rows marked `train`.
    Train,
    /// Rows marked `test`.
    Test,
}

/// A file that holds no samples. The message names file and place.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct SamplesError {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong and where.
    pub problem: String,
}

/// Reads samples of `dim` entries each.
///
/// A table has a head line and the columns `label`, `split` (both optional) and `dim` numbers. An image set is the IDX
/// file of the images; its labels are looked for beside it, in the file whose name has `labels-idx1` for `images-idx3`.
///
/// # Errors
/// If a file cannot be read or unpacked, a number is none, or samples have another size.
pub fn read_samples(path: &Path, dim: usize, split: Split) -> Result<Samples, SamplesError> {
    let bytes = read_unpacked(path)?;
    let samples = if bytes.starts_with(&[0, 0]) { image_set(path, &bytes) } else { table(&bytes, split) };
    let samples = samples.map_err(|problem| SamplesError { path: path.to_owned(), problem })?;
    let wrong = |problem: String| Err(SamplesError { path: path.to_owned(), problem });
    match samples.inputs.first() {
        None => wrong("no samples".into()),
        Some(first) if first.len() != dim => {
            wrong(format!("samples have {} entries, the network takes {dim}", first.len()))
        }
        Some(_) => Ok(samples),
    }
}

/// The file's content, unpacked if it is gzipped.
fn read_unpacked(path: &Path) -> Result<Vec<u8>, SamplesError> {
    let wrong = |problem: String| SamplesError { path: path.to_owned(), problem };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut unpacked = vec![];
    let read = MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
    read.map_err(|error| wrong(format!("damaged gzip data: {error}")))?;
    Ok(unpacked)
}

fn table(bytes: &[u8], split: Split) -> Result<Samples, String> {
    let wanted = match split {
        Split::Train => "train",
        Split::Test => "test",
    };
    let mut reader = csv::Reader::from_reader(bytes);
    let head = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |name: &str| head.iter().position(|h| h.trim() == name);
    let (label_column, split_column) = (column("label"), column("split"));
    let (mut inputs, mut labels) = (vec![], vec![]);
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(row + 2, |p| p.line() as usize);
        if split_column.is_some_and(|c| record[c].trim() != wanted) {
            continue;
        }
        if let Some(c) = label_column {
            let label = record[c].trim();
            let parsed = label.parse::<usize>();
            labels.push(parsed.map_err(|_| format!("line {line}: label '{label}', expected a whole number"))?);
        }
        let entries = record.iter().enumerate().filter(|(c, _)| Some(*c) != label_column && Some(*c) != split_column);
        let number = |(c, text): (usize, &str)| match text.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(format!("line {line}, column '{}': '{text}', expected a number", &head[c])),
        };
        inputs.push(entries.map(number).collect::<Result<Vec<f64>, String>>()?);
    }
    Ok(Samples { inputs, labels: label_column.map(|_| labels) })
}

/// Magic numbers of IDX files of bytes: two zeros, 8 for bytes, the number of dimensions.
const IMAGES: u32 = 0x0803;
const LABELS: u32 = 0x0801;

fn image_set(path: &Path, bytes: &[u8]) -> Result<Samples, String> {
    let (sides, pixels) = idx(bytes, IMAGES)?;
    let size = sides[1] * sides[2];
    let inputs: Vec<Vec<f64>> =
        pixels.chunks_exact(size.max(1)).map(|image| image.iter().map(|p| f64::from(*p)).collect()).collect();
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(name.replace("images-idx3", "labels-idx1"));
    if beside == path || !beside.exists() {
        return Ok(Samples { inputs, labels: None });
    }
    let bytes = read_unpacked(&beside).map_err(|error| error.to_string())?;
    let (sides, labels) = idx(&bytes, LABELS).map_err(|problem| format!("{}: {problem}", beside.display()))?;
    if sides[0] != inputs.len() {
        return Err(format!("{} images, but {} labels in {}", inputs.len(), sides[0], beside.display()));
    }
    Ok(Samples { inputs, labels: Some(labels.iter().map(|l| usize::from(*l)).collect()) })
}

/// The dimensions of an IDX file and its bytes.
fn idx(bytes: &[u8], magic: u32) -> Result<(Vec<usize>, &[u8]), String> {
    let number = |i: usize| {
        let four = bytes.get(4 * i..4 * i + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    match number(0) {
        Some(found) if found == magic => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(vec![], Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn images(count: u32) -> Vec<u8> {
        let mut bytes: Vec<u8> = [IMAGES, count, 2, 3].iter().flat_map(|n| n.to_be_bytes()).collect();
        bytes.extend((0..count * 6).map(|i| i as u8));
        bytes
    }

    #[test]
    fn tables_and_image_sets_packed_and_not() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let text = b"label,split,a,b\n3,train,1,2.5\n4,test,0,-1e-3\n5,test,7,8\n";
        for path in [write("t.csv", text), write("t.csv.gz", &gzipped(text))] {
            let test = read_samples(&path, 2, Split::Test).unwrap();
            assert_eq!(test.inputs, [[0.0, -1e-3], [7.0, 8.0]]);
            assert_eq!(test.labels, Some(vec![4, 5]));
            assert_eq!(read_samples(&path, 2, Split::Train).unwrap().labels, Some(vec![3]));
        }
        let bare = write("bare.csv", b"a,b\n1,2\n");
        assert_eq!(read_samples(&bare, 2, Split::Test).unwrap().labels, None);

        let path = write("x-images-idx3-ubyte.gz", &gzipped(&images(2)));
        assert_eq!(read_samples(&path, 6, Split::Test).unwrap().labels, None);
        let labels: Vec<u8> = [LABELS, 2].iter().flat_map(|n| n.to_be_bytes()).chain([9, 1]).collect();
        let beside = write("x-labels-idx1-ubyte.gz", &labels);
        let samples = read_samples(&path, 6, Split::Test).unwrap();
        assert_eq!((samples.inputs[1][0], samples.labels), (6.0, Some(vec![9, 1])));

        let message = |path: &Path, dim| read_samples(path, dim, Split::Test).unwrap_err().to_string();
        assert!(message(&path, 64).ends_with("samples have 6 entries, the network takes 64"));
        assert!(message(&beside, 6).contains("magic number 0x0801, expected 0x0803"));
        std::fs::write(&beside, &labels[..9]).unwrap();
        assert!(message(&path, 6).contains("the IDX header says [2], 1 bytes follow"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let message = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            read_samples(&path, 2, Split::Test).unwrap_err().problem
        };
        assert_eq!(message(b"label,a,b\n1,2,3\n1,2,x\n"), "line 3, column 'b': 'x', expected a number");
        assert_eq!(message(b"label,a,b\n-1,2,3\n"), "line 2: label '-1', expected a whole number");
        assert_eq!(message(b"a,b\n1,NaN\n"), "line 2, column 'b': 'NaN', expected a number");
        assert!(message(b"a,b\n1,2\n1,2,3\n").contains("line: 3"));
        assert_eq!(message(b"a,b\n"), "no samples");
        assert_eq!(message(b""), "no samples");
        let whole = gzipped(b"a,b\n1,2\n");
        assert!(message(&whole[..whole.len() - 9]).starts_with("damaged gzip data"));
        assert_eq!(message(&images(2)[..22]), "the IDX header says [2, 2, 3], 6 bytes follow");
        assert_eq!(message(&[0, 0]), "not an IDX file: it is too short");
        assert!(read_samples(Path::new("missing.csv"), 2, Split::Test).unwrap_err().to_string().starts_with("missing"));
    }
}
