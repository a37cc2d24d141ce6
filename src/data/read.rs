//! Samples from files, told apart by how they begin.

use super::table::{self, Split};
use super::unpack::{SamplesError, read_unpacked};
use super::{Samples, idx, npy, states};
use std::path::Path;

/// Reads samples, of `dim` entries each if that is known, with labels from a file of their own where `labels` names one.
///
/// A table has a line of names and the columns `label` (or `class` or `target`), `split` (both optional) and `dim` numbers;
/// commas, semicolons or tabs stand between them. Without names all columns are numbers of a sample. An image set is the IDX
/// file of the images; its labels are looked for beside it, in the file whose name has `labels-idx1` for `images-idx3`.
/// An NPY array has a sample in each entry of its first axis. A file of labels is IDX, a one-dimensional NPY array of
/// integers, or a table with a `label` column.
///
/// # Errors
/// If a file cannot be read or unpacked, a number is none, samples have another size, or labels another number.
pub fn read_samples(
    path: &Path,
    labels: Option<&Path>,
    dim: Option<usize>,
    split: Split,
) -> Result<Samples, SamplesError> {
    match read_samples_or_states(path, labels, dim, split) {
        Ok(samples) if samples.density => {
            let problem = "density matrices, expected samples of real numbers";
            Err(SamplesError::new(path, problem))
        }
        read => read,
    }
}

/// Rows marked `test` of a table that has a column `split`: all other files, and tables without such rows, have none.
///
/// # Errors
/// As [`read_samples`].
pub fn read_test_rows(path: &Path, labels: Option<&Path>, dim: Option<usize>) -> Result<Option<Samples>, SamplesError> {
    let wrong = |problem: String| SamplesError::new(path, &problem);
    let bytes = read_unpacked(path)?;
    if kind_of(&bytes) != Kind::Table || !table::has_rows(&bytes, Split::Test).map_err(wrong)? {
        return Ok(None);
    }
    read_samples(path, labels, dim, Split::Test).map(Some)
}

/// What a file is, told by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Idx,
    Npy,
    States,
    Table,
}

fn kind_of(bytes: &[u8]) -> Kind {
    match bytes {
        [0, 0, ..] | [_, 8, 0, 0, ..] => Kind::Idx,
        _ if bytes.starts_with(npy::MAGIC) => Kind::Npy,
        _ if bytes.trim_ascii_start().starts_with(b"{") => Kind::States,
        _ => Kind::Table,
    }
}

/// The same, or density matrices of `dim` x `dim` entries: a complex NPY array of shape [S, N, N], or the JSON of
/// [`write_states`](super::write_states).
///
/// # Errors
/// As [`read_samples`], and if a matrix is not Hermitian, of trace one and without negative eigenvalues, to 1e-6.
pub fn read_samples_or_states(
    path: &Path,
    labels: Option<&Path>,
    dim: Option<usize>,
    split: Split,
) -> Result<Samples, SamplesError> {
    let wrong = |problem: String| SamplesError::new(path, &problem);
    let bytes = read_unpacked(path)?;
    let mut samples = match kind_of(&bytes) {
        Kind::Idx => {
            let inputs = idx::images(&bytes).map_err(wrong)?;
            let labels = idx::beside(path).map(|beside| read_labels(&beside, split)).transpose()?;
            Samples { inputs, labels, ..Samples::default() }
        }
        Kind::Npy => match states::from_npy(&bytes).map_err(wrong)? {
            Some(states) => states,
            None => Samples { inputs: npy::inputs(&bytes).map_err(wrong)?, ..Samples::default() },
        },
        Kind::States => states::from_json(&bytes).map_err(wrong)?,
        Kind::Table => table::read(&bytes, split).map_err(wrong)?,
    };
    if let Some(file) = labels {
        samples.labels = Some(read_labels(file, split)?);
    }
    let count = samples.inputs.len();
    match (samples.inputs.first(), &samples.labels) {
        (None, _) => Err(wrong("no samples".into())),
        (Some(first), _) if samples.density && dim.is_some_and(|dim| dim * dim != first.len()) => {
            let (side, dim) = (first.len().isqrt(), dim.unwrap_or_default());
            Err(wrong(format!("states of {side} x {side}, the network takes {dim} x {dim}")))
        }
        (Some(first), _) if !samples.density && dim.is_some_and(|dim| dim != first.len()) => {
            let (found, dim) = (first.len(), dim.unwrap_or_default());
            let note = samples.notes.iter().map(|note| format!(" ({note})")).collect::<String>();
            Err(wrong(format!("samples have {found} entries, the network takes {dim}{note}")))
        }
        (Some(first), _) if first.is_empty() => Err(wrong("samples without entries".into())),
        (_, Some(labels)) if labels.len() != count => {
            Err(wrong(format!("{count} samples, but {} labels", labels.len())))
        }
        _ => Ok(samples),
    }
}

fn read_labels(path: &Path, split: Split) -> Result<Vec<usize>, SamplesError> {
    let bytes = read_unpacked(path)?;
    let labels = match kind_of(&bytes) {
        Kind::Idx => idx::labels(&bytes),
        Kind::Npy => npy::labels(&bytes),
        Kind::States | Kind::Table => {
            table::read(&bytes, split).and_then(|table| table.labels.ok_or("no column 'label'".into()))
        }
    };
    labels.map_err(|problem| SamplesError::new(path, &problem))
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
        let mut bytes: Vec<u8> = [idx::IMAGES, count, 2, 3].iter().flat_map(|n| n.to_be_bytes()).collect();
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
            let test = read_samples(&path, None, Some(2), Split::Test).unwrap();
            assert_eq!(test.inputs, [[0.0, -1e-3], [7.0, 8.0]]);
            assert_eq!(test.labels, Some(vec![4, 5]));
            assert_eq!(read_samples(&path, None, Some(2), Split::Train).unwrap().labels, Some(vec![3]));
        }
        let bare = write("bare.csv", b"a,b\n1,2\n");
        assert_eq!(read_samples(&bare, None, Some(2), Split::Test).unwrap().labels, None);

        for (images_name, labels_name) in [
            ("a-images.idx3-ubyte", "a-labels.idx1-ubyte"),
            ("b-images-idx3-ubyte.gz", "b-labels-idx1-ubyte.gz"),
            ("c-images-idx3-ubyte.gz", "c-labels-idx1-ubyte"),
            ("d-images.idx3-ubyte", "d-labels.idx1-ubyte.gz"),
        ] {
            let path = write(images_name, &images(2));
            let labels: Vec<u8> = [idx::LABELS, 2].iter().flat_map(|n| n.to_be_bytes()).chain([9, 1]).collect();
            write(labels_name, &labels);
            assert_eq!(read_samples(&path, None, Some(6), Split::Test).unwrap().labels, Some(vec![9, 1]));
        }
        let path = write("x-images-idx3-ubyte.gz", &gzipped(&images(2)));
        assert_eq!(read_samples(&path, None, Some(6), Split::Test).unwrap().labels, None);
        let labels: Vec<u8> = [idx::LABELS, 2].iter().flat_map(|n| n.to_be_bytes()).chain([9, 1]).collect();
        let beside = write("x-labels-idx1-ubyte.gz", &labels);
        let samples = read_samples(&path, None, Some(6), Split::Test).unwrap();
        assert_eq!((samples.inputs[1][0], samples.labels), (6.0, Some(vec![9, 1])));

        let message = |path: &Path, dim| read_samples(path, None, Some(dim), Split::Test).unwrap_err().to_string();
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
            read_samples(&path, None, Some(2), Split::Test).unwrap_err().problem
        };
        assert_eq!(message(b"label,a,b\n1,2,3\n1,2,x\n"), "line 3, column 'b': 'x', expected a number");
        assert_eq!(message(b"label,a,b\n-1,2,3\n"), "line 2: label '-1', expected a whole number");
        assert_eq!(
            message(b"split,a,b\ntest,1,2\ntrain,nan,3\n"),
            "line 3, column 'a': 'nan', expected a number",
            "in a row that is not asked for"
        );
        assert_eq!(message(b"a,b\n1,NaN\n"), "line 2, column 'b': 'NaN', expected a number");
        assert!(message(b"a,b\n1,2\n1,2,3\n").contains("line: 3"));
        assert_eq!(message(b"a,b\n"), "no samples");
        assert_eq!(message(b""), "no samples");
        let whole = gzipped(b"a,b\n1,2\n");
        assert!(message(&whole[..whole.len() - 9]).starts_with("damaged gzip data"));
        assert_eq!(message(&images(2)[..22]), "the IDX header says [2, 2, 3], 6 bytes follow");
        assert_eq!(message(&[0, 0]), "not an IDX file: it is too short");
        let swapped: Vec<u8> = images(2).chunks(4).flat_map(|four| four.iter().rev().copied()).collect();
        assert!(message(&swapped).starts_with("a little-endian IDX file"));
        for (bytes, expected) in [
            (&b"PK\x03\x04 and more"[..], "a zip archive, like .npz: unpack it, expected data"),
            (b"BZh91AY", "packed by bzip2"),
            (b"\xfd7zXZ\0\0", "packed by xz"),
            (b"\x28\xb5\x2f\xfd\x04", "packed by zstd"),
            (b"\xff\xfea\0,\0b\0", "UTF-16 text, expected UTF-8"),
            (b"label,a,b,split\n1,2,3,val\n1,2,3,val\n", "no rows of split 'test', but 2 rows of split 'val'"),
            (b"1,2,3\n4,5,6\n", "samples have 3 entries, the network takes 2 (no line of names: the first line"),
            (b"a;b\n1,5;2\n1,234;3.5\n", "line 3, column 'b': '3.5': commas and points as decimal marks in one table"),
            (b"split,a,b\ntrain,1,2\n", "no rows of split 'test'"),
            (b"label,a,b\n1.5,2,3\n", "line 2: label '1.5', expected a whole number"),
        ] {
            assert!(message(bytes).starts_with(expected), "{}", message(bytes));
        }
    }

    #[test]
    fn tables_as_others_write_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            read_samples(&path, None, Some(2), Split::Test).unwrap()
        };
        let expected = [[1.5, 2.0], [0.25, -4.0]];
        for (text, labels) in [
            (&b"a,b\n1.5,2\n.25,-4\n"[..], None),
            (b"1.5,2\n.25,-4\n", None),
            (b"\xef\xbb\xbfa,b,Label\r\n1.5,2,0.0\r\n.25,-4,3.0\r\n", Some(vec![0, 3])),
            (b"target;a;b\n0;1,5;2\n3;,25;-4\n", Some(vec![0, 3])),
            (b"target;a;b\n0;1.5;2\n3;.25;-4\n", Some(vec![0, 3])),
            (b"a\tb\tclass\n1.5\t2\t0\n.25\t-4\t3\n", Some(vec![0, 3])),
            (b"Split,label,a,b\nTEST,0,1.5,2\n train,9,9,9\n Test ,3,.25,-4\n", Some(vec![0, 3])),
            (b"0,1,target\n1.5,2,0\n.25,-4,3\n", Some(vec![0, 3])),
        ] {
            let found = read(text);
            assert_eq!((&found.inputs[..], &found.labels), (&expected.map(Vec::from)[..], &labels));
            let noted = text.starts_with(b"1.5") || text.contains(&b';') && text.contains(&b',');
            assert_eq!(found.notes.len(), usize::from(noted), "{:?}", found.notes);
            assert!(found.clipped().unwrap().starts_with("25.0 % of the entries are negative"));
        }
        // What could be a sample is said where it is not taken for one.
        for text in [&b"0,1\n1.5,2\n"[..], b"0;1\n1.5;2\n", b"\"0\",\"1\"\n1.5,2\n"] {
            let found = read(text);
            assert_eq!((found.inputs.len(), found.notes.len()), (1, 1), "{:?}", found.notes);
            assert!(found.notes[0].starts_with("the first line counts its columns from 0"));
        }
        let found = read(b"split,a,b\ntest,1,2\nval,3,4\nval,3,4\nholdout,5,6\ntrain,0,0\n");
        assert_eq!(found.notes, ["1 rows of split 'holdout' are not used", "2 rows of split 'val' are not used"]);
        assert_eq!(found.clipped(), None);
        let none = read(b"a,b\n-1,-2\n1,2\n").clipped().unwrap();
        assert!(none.ends_with("for 0; 1 samples have no positive entry and become the zero state"), "{none}");
        let zero = read(b"a,b\n0,0\n1,2\n0,0\n").clipped().unwrap();
        assert_eq!(zero, "2 samples have no positive entry and become the zero state");
        assert!(
            read_samples(Path::new("missing.csv"), None, Some(2), Split::Test)
                .unwrap_err()
                .to_string()
                .starts_with("missing")
        );
    }
}
