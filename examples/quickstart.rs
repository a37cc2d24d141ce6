//! The library in thirty lines: a network from memory, compiled, its text verified and drawn.
//!
//!     cargo run --release --example quickstart

use hqrn::circuit::{Cost, draw};
use hqrn::{CompileOptions, compile, network};

fn main() -> Result<(), hqrn::Error> {
    let weights = br#"{
        "format": "hqrn-weights", "version": 1, "name": "quickstart",
        "blocks": [{"weight": [[4, 1], [-1, 4]], "bias": [0, 0.5], "alpha": 0.5, "activation": "relu"}]
    }"#;
    let network = network::read_bytes(weights, "quickstart")?;

    // Classically: y' = α y + (1 - α) F(W y + b).
    println!("classical state after the block: {:?}", network.forward(&[0.25, 0.75]).states[1]);

    // To OpenQASM 3, read back from the text and compared with W.
    for block in compile(&network, &CompileOptions::default())? {
        let circuit = &block.read_back[0].circuit;
        println!("\n{}", draw(circuit, 100));
        println!("{:?}", Cost::of(circuit));
        let verification = block.verification.expect("compile compares");
        println!("max |W_rec - W| = {:.1e}, allowed {:.1e}", verification.max_error, verification.allowed);
        assert!(verification.holds());
    }
    Ok(())
}
