//! The commands: each a module with a function of its arguments that answers with an exit code.
//!
//! Arguments, progress, tables and exit codes are all that is here: what a user of the library could want is not.

mod arguments;
mod compile;
mod compress;
mod counts;
mod edges;
mod figures;
mod foot;
mod inputs;
mod job;
mod listed;
mod outputs;
mod printing;
mod progress;
mod reports;
mod run;
mod session;
mod table;
mod train;
mod verify;

pub use compile::main as compile;
pub use compress::main as compress;
pub use counts::main as counts;
pub use job::main as job;
pub use run::main as run;
pub use session::{Answer, Session, Step};
pub use train::main as train;
pub use verify::main as verify;
