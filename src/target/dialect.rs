//! Dialects: what differs between the texts that clients read and write.

use crate::circuit::Gate;

/// The language that programs are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// OpenQASM.
    OpenQasm,
    /// JSON with the gates of IonQ's machines, as IonQ takes it.
    IonqJson,
    /// QIR in its base profile, as LLVM's text.
    Qir,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 3] = [Language::OpenQasm, Language::IonqJson, Language::Qir];

    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Language::OpenQasm => "OpenQASM",
            Language::IonqJson => "IonQ's JSON",
            Language::Qir => "QIR",
        }
    }

    /// What names of files end in, behind the point.
    pub fn ending(self) -> &'static str {
        match self {
            Language::OpenQasm => "qasm",
            Language::IonqJson => "json",
            Language::Qir => "ll",
        }
    }
}

/// How programs are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The language; what follows is of OpenQASM, but for `inputs`, `words` and `numbers`.
    pub language: Language,
    /// The version in the first line; version 2.0 has `qreg`, `creg` and `measure q[i] -> c[j]`.
    pub version: &'static str,
    /// The file that is included, if any.
    pub include: Option<&'static str>,
    /// Lines that follow the contract: gates that the include does not know, each as one definition.
    pub definitions: &'static [&'static str],
    /// Gates that it calls otherwise: our name, its name.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Whether each qubit is declared by itself, `qubit q0;`.
    pub scalar_qubits: bool,
    /// Whether gates stand in Braket's verbatim box, on qubits of the machine, `$7`, that nothing declares.
    pub verbatim: bool,
    /// Whether programs may have inputs, `input float x;`.
    pub inputs: bool,
    /// Whether angles may have an exponent.
    pub exponents: bool,
    /// Where its clients put bit 0 in words of what was measured; none where they differ.
    pub words: Option<BitOrder>,
    /// The same where they write such words as decimal numbers, whose last bit is worth 1.
    pub numbers: Option<BitOrder>,
}

/// Which end of a word is bit 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitOrder {
    /// The last character, as Qiskit writes.
    Last,
    /// The first character, as Braket writes.
    First,
}

impl BitOrder {
    /// `last` or `first`.
    pub fn name(self) -> &'static str {
        match self {
            BitOrder::Last => "last",
            BitOrder::First => "first",
        }
    }
}

impl Dialect {
    /// OpenQASM 3.0 with its standard gates; other dialects are written as what differs from it.
    pub const OPENQASM_3: Dialect = Dialect {
        language: Language::OpenQasm,
        version: "3.0",
        include: Some("stdgates.inc"),
        definitions: &[],
        renamed: &[],
        scalar_qubits: false,
        verbatim: false,
        inputs: true,
        exponents: true,
        words: Some(BitOrder::Last),
        numbers: None,
    };

    /// What this text calls a gate.
    pub fn name_of(&self, gate: &Gate) -> &'static str {
        let ours = gate.name();
        self.renamed.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, theirs)| theirs)
    }

    /// The gate that this text calls by a name, with all angles zero; `None` if there is none.
    pub fn gate(&self, name: &str) -> Option<Gate> {
        let ours = match self.renamed.iter().find(|(_, theirs)| *theirs == name) {
            Some((ours, _)) => ours,
            None if self.renamed.iter().any(|(ours, _)| *ours == name) => return None,
            None => name,
        };
        Gate::from_name(ours)
    }
}
