//! # hqrn
//!
//! Compiles trained residual networks to verified OpenQASM 3: the Hybrid Quantum Residual Network on hardware.
//!
//! ```
//! use hqrn::{Check, CompileOptions, Target, compile, read_network, read_program, verify};
//!
//! let network = read_network("circuits/four.json")?;
//! let options = CompileOptions::default().with_target(Target::named("ibm").expect("a target of the table"));
//! for block in compile(&network, &options)? {
//!     let text = &block.programs[0].text; // OpenQASM 3 for the target, which was read back and compared with W
//!     assert!(block.holds());
//!     let verified = verify(&[read_program(text)?], &network, &Check::default())?; // and once more, as for any file
//!     assert!(verified[0].max_error < 1e-12);
//! }
//! # Ok::<(), hqrn::Error>(())
//! ```
//!
//! These names are the front door, and what a program should need: [`read_network`], [`Network`], [`compile()`],
//! [`CompileOptions`], [`Target`], [`BlockReport`], [`Program`], [`verify()`], [`Check`], [`Verification`], [`run()`] with
//! [`Shots`] and [`Tally`], [`Error`]; what their arguments are made of, [`PhaseChoice`], [`Method`], [`GammaRule`],
//! [`Prepared`], [`Coupling`], [`Samples`], [`read_program`]; and [`nalgebra`], whose matrices they take. **All modules are
//! internal**: public for those who build on single stations, and without promises between versions.
//!
//! ## The stations
//!
//! The folders are the stations of the pipeline, arrows one way:
//!
//! ```text
//! data ─▶ training ──▶ network ──▶ encoding ──▶ synthesis ──▶ circuit ──▶ passes ──▶ lowering ◀── target
//! samples gradients    weights     W_P, W_N,    exact or       the IR      fewer      to a         gates, pairs,
//!         by hand      in          M±, U(M)     trotter          │         gates      machine      quality, text
//!                                                qasm ◀──────────┴──────▶ simulator
//!                                                text                     probabilities, shots, noise
//!                          compiler: programs, proofs ──▶ run: whole networks ──▶ compression, report ──▶ cli
//! ```
//!
//! A [`target`] is known to whoever writes for it: [`lowering`] asks it for gates and pairs, [`qasm`] for the text that
//! it reads, [`simulator`] for how well it works. It knows none of them, only gates and circuits.
//!
//! ARCHITECTURE.md, in the repository, says of each what it is for and what does not belong; docs/method.md is the
//! mathematics.
//!
//! ## A 2x2 block by hand
//!
//! A block computes `y' = α y + (1 - α) F(W y + b)`. Take
//!
//! ```text
//! W = [ 9  4 ]      W_P = [ 9  4 ]      W_N = [ 0  0 ]
//!     [-4  9 ]            [ 0  9 ]            [ 4  0 ]
//! ```
//!
//! Split by sign, scale and take roots: `M = sqrt(W_P / gamma)`, gamma the squared spectral norm of `sqrt(W_P)`,
//! makes M a contraction. Here `sqrt(W_P) = [[3, 2], [0, 3]]`, whose singular values are `sqrt(10) ± 1`:
//! their product is the determinant 9, and their squares sum to 9 + 4 + 9 = 22.
//!
//! ```
//! use hqrn::encoding::{GammaRule, contractions};
//! use hqrn::linalg::RealMatrix;
//!
//! let w = RealMatrix::from_row_slice(2, 2, &[9.0, 4.0, -4.0, 9.0]);
//! let signs = contractions(&w, GammaRule::Own)?;
//! let (plus, minus) = (signs.plus.unwrap(), signs.minus.unwrap());
//!
//! assert!((plus.gamma() - (10f64.sqrt() + 1.0).powi(2)).abs() < 1e-13); // 17.32
//! assert!((minus.gamma() - 4.0).abs() < 1e-15); // a single entry 4
//! // gamma |M|² is W_P again.
//! assert!((plus.gamma() * plus.matrix().at(0, 1).norm_sqr() - 4.0).abs() < 1e-13);
//! # Ok::<(), hqrn::encoding::EncodingError>(())
//! ```
//!
//! A contraction is a corner of a unitary one qubit larger, its Halmos dilation. With `M = V Σ W†` that unitary is
//! `V`, a rotation of the ancilla by `2 arccos σ_j`, and `W†`:
//!
//! ```
//! # use hqrn::encoding::{GammaRule, contractions};
//! # use hqrn::linalg::RealMatrix;
//! # let w = RealMatrix::from_row_slice(2, 2, &[9.0, 4.0, -4.0, 9.0]);
//! # let plus = contractions(&w, GammaRule::Own)?.plus.unwrap();
//! use hqrn::encoding::Dilation;
//! use hqrn::linalg::is_unitary;
//!
//! let dilation = Dilation::of(plus.matrix());
//! assert!(is_unitary(&dilation.unitary()));
//! // The larger singular value is 1 by the choice of gamma, the other (√10 - 1) / (√10 + 1) = 0.52.
//! assert!((dilation.sigma()[0] - 1.0).abs() < 1e-15);
//! assert!((dilation.sigma()[1] - 0.5195).abs() < 1e-4);
//! # Ok::<(), hqrn::encoding::EncodingError>(())
//! ```
//!
//! [`synthesis::exact`] turns that into gates, [`compiler::compile_block`] puts both signs side by side and writes
//! OpenQASM 3, and the text read back computes W:
//!
//! ```
//! use hqrn::compiler::{Check, CompileOptions, compile_block, reconstruct, verify_block};
//! use hqrn::{network, qasm};
//!
//! let network = network::read_bytes(b"[[9, 4], [-4, 9]]", "by-hand")?;
//! let text = &compile_block(&network, 1, &CompileOptions::default())?[0].text;
//! assert!(text.starts_with("OPENQASM 3.0;\ninclude \"stdgates.inc\";\n// hqrn: {"));
//!
//! let program = qasm::read(text)?;
//! assert_eq!(program.circuit.qubit_count(), 4); // a register of one and an ancilla, for each sign
//! let w_rec = reconstruct(&program)?;
//! assert!((w_rec[(1, 0)] + 4.0).abs() < 1e-12);
//! let (verification, _) = verify_block(&[&program], &network.blocks[0], &Check::all(1e-9))?;
//! assert!(verification.holds());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! On hardware: prepare basis state m on the input qubits, run, keep the shots whose ancilla reads 0, count which n
//! they spell. `gamma+ p+ - gamma- p-` is column m of W, and for a mixed input it is W y.

pub mod circuit;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compiler;
pub mod compression;
pub mod data;
pub mod encoding;
pub mod entanglement;
mod error;
pub mod estimate;
pub mod files;
pub mod job;
pub mod linalg;
pub mod lowering;
pub mod network;
pub mod optimisation;
pub mod passes;
pub mod qasm;
pub mod random;
pub mod report;
pub mod run;
pub mod signs;
pub mod simulator;
pub mod synthesis;
pub mod target;
pub mod training;

pub use compiler::{BlockReport, Check, CompileOptions, Method, PhaseChoice, Verification, compile, verify};
pub use data::Samples;
pub use encoding::GammaRule;
pub use error::Error;
pub use nalgebra;
pub use network::{Network, read as read_network};
pub use qasm::{Prepared, Program, read as read_program};
pub use run::{Shots, Tally, run};
pub use target::{Coupling, Target};
