//! The library in thirty lines: a network from memory, one block compiled, its text verified and drawn.
//!
//!     cargo run --release --example quickstart

use hqrn::circuit::{Cost, draw};
use hqrn::compiler::{Check, CompileOptions, compile_block, verify_block};
use hqrn::{network, qasm};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let weights = br#"{
        "format": "hqrn-weights", "version": 1, "name": "quickstart",
        "blocks": [{"weight": [[4, 1], [-1, 4]], "bias": [0, 0.5], "alpha": 0.5, "activation": "relu"}]
    }"#;
    let network = network::read_bytes(weights, "quickstart")?;

    // Classically: y' = α y + (1 - α) F(W y + b).
    println!("classical state after the block: {:?}", network.forward(&[0.25, 0.75]).states[1]);

    // To OpenQASM 3, and back from the text.
    let compiled = compile_block(&network, 1, &CompileOptions::default())?;
    let program = qasm::read(&compiled[0].text)?;
    println!("\n{}", draw(&program.circuit, 100));
    println!("{:?}", Cost::of(&program.circuit));

    let (verification, _) = verify_block(&[&program], &network.blocks[0], &Check::all(1e-9))?;
    println!("max |W_rec - W| = {:.1e}, allowed {:.1e}", verification.max_error, verification.allowed);
    assert!(verification.holds());
    Ok(())
}
