use super::*;
use crate::linalg::{Complex, Matrix};
use crate::simulator::unitary_of;

/// The circuit of a text, without what is measured.
fn circuit(text: &str) -> Result<Circuit, String> {
    let found = statements::read(text).map_err(|error| error.to_string())?;
    let mut circuit = Circuit::new(found.qubits);
    for (gate, qubits, _) in found.gates {
        circuit.try_push(gate, &qubits[..gate.arity()]).map_err(|error| error.to_string())?;
    }
    Ok(circuit)
}

fn same_up_to_phase(one: &Matrix, two: &Matrix) -> bool {
    let overlap: Complex = one.iter().zip(two.iter()).map(|(a, b)| a.conj() * b).sum();
    (overlap.norm() - one.nrows() as f64).abs() < 1e-12
}

/// Definitions as the standard library has them, against what stands here for them.
#[test]
fn gates_of_the_libraries_are_what_their_definitions_say() {
    let angles = [0.3, -1.1, 2.7, 0.9];
    for (name, count, qubits, definition) in [
        ("sxdg", 0, 1, "gate g a { s a; h a; s a; }"),
        ("u2", 2, 1, "gate g(p, l) a { u3(pi/2, p, l) a; }"),
        ("u", 3, 1, "gate g(t, p, l) a { rz(l) a; ry(t) a; rz(p) a; }"),
        ("U", 3, 1, "gate g(t, p, l) a { rz(l) a; ry(t) a; rz(p) a; }"),
        ("u1", 1, 1, "gate g(l) a { rz(l) a; }"),
        ("r", 2, 1, "gate g(t, p) a { rz(-p) a; rx(t) a; rz(p) a; }"),
        ("cp", 1, 2, "gate g(l) a, b { p(l/2) a; cx a, b; p(-l/2) b; cx a, b; p(l/2) b; }"),
        ("crz", 1, 2, "gate g(l) a, b { rz(l/2) b; cx a, b; rz(-l/2) b; cx a, b; }"),
        ("cry", 1, 2, "gate g(l) a, b { ry(l/2) b; cx a, b; ry(-l/2) b; cx a, b; }"),
        ("crx", 1, 2, "gate g(l) a, b { h b; rz(l/2) b; cx a, b; rz(-l/2) b; cx a, b; h b; }"),
        (
            "cu3",
            3,
            2,
            "gate g(t, p, l) a, b { p((l+p)/2) a; p((l-p)/2) b; cx a, b; u3(-t/2, 0, -(p+l)/2) b; cx a, b; u3(t/2, p, 0) b; }",
        ),
        ("csx", 0, 2, "gate g a, b { h b; p(pi/4) a; cx a, b; p(-pi/4) b; cx a, b; p(pi/4) b; h b; }"),
        ("cs", 0, 2, "gate g a, b { p(pi/4) a; cx a, b; p(-pi/4) b; cx a, b; p(pi/4) b; }"),
        ("rzz", 1, 2, "gate g(t) a, b { cx a, b; rz(t) b; cx a, b; }"),
        ("rxx", 1, 2, "gate g(t) a, b { h a; h b; cx a, b; rz(t) b; cx a, b; h a; h b; }"),
        ("ryy", 1, 2, "gate g(t) a, b { sdg a; sdg b; h a; h b; cx a, b; rz(t) b; cx a, b; h a; h b; s a; s b; }"),
        ("rzx", 1, 2, "gate g(t) a, b { h b; cx a, b; rz(t) b; cx a, b; h b; }"),
        ("iswap", 0, 2, "gate g a, b { rxx(-pi/2) a, b; ryy(-pi/2) a, b; }"),
        ("dcx", 0, 2, "gate g a, b { cx a, b; cx b, a; }"),
        ("ecr", 0, 2, "gate g a, b { rzx(pi/4) a, b; x a; rzx(-pi/4) a, b; }"),
        ("ccz", 0, 3, "gate g a, b, c { h c; ccx a, b, c; h c; }"),
        ("CX", 0, 2, "gate g a, b { h b; cz a, b; h b; }"),
    ] {
        let list = angles[..count].iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let list = if count == 0 { String::new() } else { format!("({list})") };
        let operands = (0..qubits).map(|i| format!("q[{i}]")).collect::<Vec<_>>().join(", ");
        let text = |name: &str| format!("OPENQASM 3.0;\n{definition}\nqubit[{qubits}] q;\n{name}{list} {operands};\n");
        let [ours, theirs] = [name, "g"].map(|name| unitary_of(&circuit(&text(name)).unwrap()));
        assert!(same_up_to_phase(&ours, &theirs), "{name}");
        // A controlled phase is no global one.
        let around = |name: &str| text(name).replace("q;\n", "q;\nh q;\n");
        let [ours, theirs] = [name, "g"].map(|name| unitary_of(&circuit(&around(name)).unwrap()));
        assert!(same_up_to_phase(&ours, &theirs), "{name}");
    }
}

#[test]
fn the_same_circuit_in_many_writings() {
    let plain = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; rz(1.5707963267948966) q[0]; ry(-0.5235987755982988) q[1]; cx q[0], q[2];";
    let wanted = unitary_of(&circuit(plain).unwrap());
    for text in [
        "OPENQASM 3;\n/* two\nlines */ qubit[3] q;\nbarrier q;\nrz(pi/2) q[0]; // one\nry(-π/6) q[1]; cx q[0], q[2];",
        "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg a[1]; qreg b[2];\nrz(0.5*pi) a; ry(-(pi)/6.) b[0];\nCX a[0], b[1];",
        "OPENQASM 3.0; qubit a; qubit b; qubit c; gphase(0.3); rz(tau/4) a; ry(-2**-1*pi/3) b; cx a, c;",
        "OPENQASM 3.1; rz(+pi/2) $0; ry(arcsin(-1.0/2)) $1; barrier $0, $1; cx $0, $2;",
        "OPENQASM 3.0; gate f(x) a, b { gphase(x); ry(-x/3) b; rz(x) a; } gate g(y) a, b, c { f(y/2) a, b; cx a, c; } qubit[3] q; g(pi) q[0], q[1], q[2];",
        "OPENQASM 3.0; qubit[3] q; cnot q[0], q[2]; rz(1.5e0_7*0 + pi / 2) q[0]; ry(-sqrt(0.25)*pi/3) q[1];",
    ] {
        let found = unitary_of(&circuit(text).unwrap_or_else(|error| panic!("{text}: {error}")));
        assert!(same_up_to_phase(&found, &wanted), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_refused() {
    let head = "OPENQASM 3.0;\nqubit[2] q; bit[2] c;\n";
    for (body, expected) in [
        ("reset q[0];", "line 3, column 1: gate 'reset' with 0 angles is not understood"),
        ("if (c[0]) x q[0];", "line 3, column 5: 'c' has no value here"),
        ("ctrl @ x q[0], q[1];", "line 3, column 1: 'ctrl' is not understood"),
        ("for int i in [0:1] { x q[i]; }", "line 3, column 5: 'int' is not declared"),
        ("foo q[0];", "line 3, column 1: gate 'foo' with 0 angles"),
        ("rz q[0];", "line 3, column 1: gate 'rz' with 0 angles"),
        ("rz(a) q[0];", "line 3, column 4: 'a' has no value here"),
        ("rz(1/0) q[0];", "line 3, column 4: an angle that is not finite"),
        ("rz(1 q[0];", "line 3, column 6: expected ')', found 'q'"),
        ("x q[2];", "line 3, column 3: q[2] does not exist: 'q' has 2"),
        ("cx q[0], q[0];", "line 3, column 1: gate 'cx' has one qubit as two of its operands"),
        ("cx q[0];", "line 3, column 1: gate 'cx' takes 2 qubits, found 1"),
        ("x $0;", "line 3, column 3: qubits of a machine beside those of a register"),
        ("c[0] = 1;", "line 3, column 8: expected 'measure', found '1'"),
        ("c = measure q[0];", "line 3, column 1: 1 qubits are measured into 2 bits"),
        ("qubit[2] q;", "line 3, column 6: 'q' is declared twice"),
        ("qubit[99999999] r;", "line 3, column 7: expected a whole number up to 65536"),
        ("gate g a { x a; } gate g a { x a; }", "line 3, column 24: gate 'g' is defined twice"),
        ("gate g a { g a; } g q[0];", "line 3, column 12: gate 'g' with 0 angles is not understood"),
        ("gate g a { x b; } g q[0];", "line 3, column 14: 'b' is no operand here"),
        ("gate g a { x a;", "line 3, column 6: a gate definition without '}'"),
        ("include \"other.inc\";", "line 3, column 1: includes another file"),
        ("/* x", "line 3, column 1: a comment without '*/'"),
        ("x q[0]", "line 3, column 6: expected ';', found the end of the text"),
        ("#pragma braket noise", "line 3, column 1: '#' is not understood"),
        ("input float t;", "line 3, column 7: 'float' is not declared"),
        ("const float t = 1; x q[0];", "line 3, column 7: 'float' is not declared"),
        ("x q[0] & q[1];", "line 3, column 8: '&' is not understood"),
    ] {
        let error = circuit(&format!("{head}{body}")).unwrap_err();
        assert!(error.starts_with(expected), "{body}: {error}");
    }
    let deep = format!("{head}rz({}1{}) q[0];", "(".repeat(100_000), ")".repeat(100_000));
    assert!(circuit(&deep).unwrap_err().contains("nested too deeply"));
    let signs = format!("{head}rz({}1) q[0];", "-".repeat(100_000));
    assert!(circuit(&signs).unwrap_err().contains("nested too deeply"));
    // Each definition doubles the one before.
    let mut text = format!("{head}gate g0 a {{ x a; }}\n");
    (1..40).for_each(|i| text += &format!("gate g{i} a {{ g{0} a; g{0} a; }}\n", i - 1));
    assert!(circuit(&(text.clone() + "g39 q[0];")).unwrap_err().contains("more than 5000000 gates"));
    let nothing = text.replace("{ x a; }", "{ }") + "g39 q[0];";
    assert!(circuit(&nothing).unwrap_err().contains("more than 5000000 gates"));
    let mut text = format!("{head}gate g0 a {{ x a; }}\n");
    (1..5000).for_each(|i| text += &format!("gate g{i} a {{ g{} a; }}\n", i - 1));
    assert!(circuit(&(text + "g4999 q[0];")).unwrap_err().contains("definitions 100 deep"));
    for text in ["", "qubit q;", "OPENQASM 4.0;", "OPENQASM 3.0"] {
        assert!(circuit(text).is_err(), "{text}");
    }
}

/// Qiskit takes 3/2 for 1 in OpenQASM 3 and for 1.5 in OpenQASM 2.
#[test]
fn whole_numbers_are_divided_where_all_readers_agree() {
    let angle = |version: &str, angle: &str| {
        let text = format!("OPENQASM {version};\nqreg q[1];\nry({angle}) q[0];\n");
        statements::read(&text).map(|read| format!("{:?}", read.gates)).map_err(|error| error.to_string())
    };
    for ratio in ["3/2", "-1/2", "(1+2)/2", "pi*(7/2)", "2**1/4", "7/2*pi/7"] {
        assert!(angle("2.0", ratio).is_ok(), "{ratio}");
        assert!(angle("3.0", ratio).unwrap_err().contains("whole numbers leave no fraction"), "{ratio}");
    }
    for (ratio, value) in [("6/2", "3.0"), ("3.0/2", "1.5"), ("3/2.0", "1.5"), ("3e0/2", "1.5"), ("-8/4", "-2.0")] {
        assert_eq!(angle("3.0", ratio), angle("3.0", value), "{ratio}");
        assert_eq!(angle("2.0", ratio), angle("2.0", value), "{ratio}");
    }
    assert!(angle("3.0", "pi/3").is_ok() && angle("3", "2*pi/3").is_ok());
}
