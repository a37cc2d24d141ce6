//! Searches for circuits: shown while they last, ended when time is up, kept so that a later run goes on, or has its circuit at once.

use super::joint_args::JointArgs;
use crate::cli::printing::note;
use crate::cli::progress::Progress;
use crate::cli::table::thousands;
use crate::files::{Format, digest, read_file, write_atomically};
use crate::synthesis::joint::{Attempt, JointState, Watch};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const FORMAT: Format = Format { name: "hqrn-search", named: true, newest: 2 };

/// How often a search is kept, and how often shown.
const KEPT: Duration = Duration::from_secs(2);
const SHOWN: Duration = Duration::from_millis(100);

/// All searches of a run.
pub struct Searches {
    folder: Option<PathBuf>,
    deadline: Option<Instant>,
    /// Whether somebody was told that nothing can be kept.
    told: AtomicBool,
}

/// What a file of the folder holds.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: String,
    version: u32,
    /// The digest of all that the search depends on.
    key: String,
    state: JointState,
    /// The digest of the file with nothing here: the equations cannot tell whether a start really led nowhere.
    seal: String,
}

impl Kept {
    /// The text of the file, but for its seal.
    fn sealed(&self) -> Option<String> {
        let bare = Kept { seal: String::new(), ..self.clone() };
        Some(digest(serde_json::to_string(&bare).ok()?.as_bytes()))
    }
}

/// One of them.
pub struct BlockSearch<'a> {
    searches: &'a Searches,
    block: usize,
    progress: &'a Progress,
    /// The digest of all that it depends on.
    key: String,
    file: Option<PathBuf>,
    kept: Mutex<Instant>,
    shown: Mutex<Option<Instant>>,
}

impl Searches {
    /// Begins now, if anything is looked for.
    pub fn new(args: &JointArgs) -> Searches {
        // A time so far away that no clock says it is none.
        let limit = args.time_limit.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Searches {
            folder: if args.no_cache { None } else { args.cache.clone().or_else(usual_folder) },
            deadline: limit.and_then(|limit| Instant::now().checked_add(limit)),
            told: AtomicBool::new(false),
        }
    }

    /// Whether a search that was ended goes on in another run.
    pub fn keeps(&self) -> bool {
        self.folder.is_some() && !self.told.load(Ordering::Relaxed)
    }

    /// The search for the circuit of a block, of which this is all that it depends on.
    pub fn of<'a>(&'a self, block: usize, key: Option<Vec<u8>>, progress: &'a Progress) -> BlockSearch<'a> {
        let key = key.map(|key| digest(&key));
        let file = |(folder, key): (&PathBuf, &String)| folder.join(format!("joint-{}.json", &key[..40]));
        BlockSearch {
            searches: self,
            block,
            progress,
            file: self.folder.as_ref().zip(key.as_ref()).map(file),
            key: key.unwrap_or_default(),
            kept: Mutex::new(Instant::now()),
            shown: Mutex::new(None),
        }
    }
}

impl Watch for BlockSearch<'_> {
    fn seen(&self, attempt: &Attempt) -> bool {
        if let Ok(mut shown) = self.shown.lock()
            && shown.is_none_or(|at| at.elapsed() > SHOWN)
        {
            *shown = Some(Instant::now());
            let Attempt { number, pairs, iterations, error } = attempt;
            self.progress.tell(&format!(
                "block {}, {} gates, start {number}, step {iterations}, error {error:.1e}",
                self.block,
                thousands(*pairs as u64)
            ));
        }
        self.searches.deadline.is_none_or(|deadline| Instant::now() < deadline)
    }

    fn resume(&self) -> Option<JointState> {
        // What is no search, of another one, or not as it was written, is as good as nothing.
        let kept: Kept = read_file(&std::fs::read(self.file.as_ref()?).ok()?, &FORMAT).ok()?;
        (kept.key == self.key && kept.sealed()? == kept.seal).then_some(kept.state)
    }

    fn keep(&self, last: bool, state: &dyn Fn() -> JointState) {
        let Some(file) = &self.file else { return };
        let Ok(mut kept) = self.kept.lock() else { return };
        if !last && kept.elapsed() < KEPT {
            return;
        }
        let (format, version, key) = (FORMAT.name.into(), FORMAT.newest, self.key.clone());
        let mut whole = Kept { format, version, key, state: state(), seal: String::new() };
        let Some(seal) = whole.sealed() else { return };
        whole.seal = seal;
        let Ok(text) = serde_json::to_string(&whole) else { return };
        let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        let problem = match folder {
            Ok(()) => write_atomically(file, text).err().map(|error| error.to_string()),
            Err(error) => Some(format!("{}: {error}", file.display())),
        };
        if let Some(problem) = problem
            && !self.searches.told.swap(true, Ordering::Relaxed)
        {
            note(&format!("searches are not kept: {problem}"));
        }
        *kept = Instant::now();
    }
}

/// Where a user's programs keep what they can make again.
fn usual_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else {
        let home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(home)))
    };
    Some(caches?.join("hqrn"))
}
