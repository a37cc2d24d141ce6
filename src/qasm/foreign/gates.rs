//! Gates of the standard libraries that are none of ours, in gates that are; up to a global phase, which nobody measures.

use crate::circuit::Gate;
use crate::target::TARGETS;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

/// One of our gates and which of the operands it acts on.
pub(super) type Step = (Gate, &'static [usize]);

const A: &[usize] = &[0];
const B: &[usize] = &[1];
const AB: &[usize] = &[0, 1];
const BA: &[usize] = &[1, 0];

/// What a gate of this name does, with how many operands; `None` if no library has one of so many angles.
pub(super) fn known(name: &str, angles: &[f64]) -> Option<(usize, Vec<Step>)> {
    let ours = Gate::from_name(name).or_else(|| TARGETS.iter().find_map(|target| target.gate(name)));
    if let Some(gate) = ours.filter(|gate| gate.angle_count() == angles.len()) {
        let mut all = [0.0; 3];
        all[..angles.len()].copy_from_slice(angles);
        return Some((gate.arity(), vec![(gate.with_angles(all), &[0, 1, 2][..gate.arity()])]));
    }
    let one = |gate: Gate| Some((1, vec![(gate, A)]));
    let two = |steps: Vec<Step>| Some((2, steps));
    match (name, angles) {
        ("u" | "U", &[t, p, l]) => one(Gate::U3(t, p, l)),
        ("u2", &[p, l]) => one(Gate::U3(FRAC_PI_2, p, l)),
        ("u1", &[l]) => one(Gate::P(l)),
        ("u0", &[_]) | ("i" | "iden", &[]) => one(Gate::Id),
        ("sxdg" | "vi", &[]) => one(Gate::Rx(-FRAC_PI_2)),
        ("CX", &[]) => two(vec![(Gate::Cx, AB)]),
        ("dcx", &[]) => two(vec![(Gate::Cx, AB), (Gate::Cx, BA)]),
        ("iswap", &[]) => {
            two(vec![(Gate::S, A), (Gate::S, B), (Gate::H, A), (Gate::Cx, AB), (Gate::Cx, BA), (Gate::H, B)])
        }
        ("rzz" | "zz", &[t]) => two(zz(t, vec![])),
        ("rxx" | "xx", &[t]) => two(zz(t, vec![(Gate::H, A), (Gate::H, B)])),
        ("ryy" | "yy", &[t]) => {
            // Rx(π/2) turns Y into Z, and back again from the other side.
            let [to, from] = [FRAC_PI_2, -FRAC_PI_2].map(Gate::Rx);
            let mut steps = vec![(to, A), (to, B)];
            steps.extend(zz(t, vec![]));
            steps.extend([(from, A), (from, B)] as [Step; 2]);
            two(steps)
        }
        ("rzx", &[t]) => two(vec![(Gate::H, B), (Gate::Cx, AB), (Gate::Rz(t), B), (Gate::Cx, AB), (Gate::H, B)]),
        ("cp" | "cphase" | "cu1" | "cphaseshift", &[l]) => two(controlled(0.0, 0.0, l, 0.0)),
        ("crx", &[t]) => two(controlled(t, -FRAC_PI_2, FRAC_PI_2, 0.0)),
        ("cry", &[t]) => two(controlled(t, 0.0, 0.0, 0.0)),
        ("crz", &[t]) => two(vec![(Gate::Rz(t / 2.0), B), (Gate::Cx, AB), (Gate::Rz(-t / 2.0), B), (Gate::Cx, AB)]),
        ("cu3", &[t, p, l]) => two(controlled(t, p, l, 0.0)),
        ("cu", &[t, p, l, g]) => two(controlled(t, p, l, g)),
        ("csx" | "cv", &[]) => two(controlled(FRAC_PI_2, -FRAC_PI_2, FRAC_PI_2, FRAC_PI_4)),
        ("cs", &[]) => two(controlled(0.0, 0.0, FRAC_PI_2, 0.0)),
        ("csdg", &[]) => two(controlled(0.0, 0.0, -FRAC_PI_2, 0.0)),
        ("r", &[t, p]) => one(Gate::U3(t, p - FRAC_PI_2, FRAC_PI_2 - p)),
        ("ccz", &[]) => Some((3, vec![(Gate::H, &[2][..]), (Gate::Ccx, &[0, 1, 2][..]), (Gate::H, &[2][..])])),
        _ => None,
    }
}

/// `e^{-i t/2 Z⊗Z}` between gates that are their own inverses.
fn zz(t: f64, around: Vec<Step>) -> Vec<Step> {
    let inner: Vec<Step> = vec![(Gate::Cx, AB), (Gate::Rz(t), B), (Gate::Cx, AB)];
    [around.clone(), inner, around].concat()
}

/// `e^{iγ} u3(θ, φ, λ)` on the second qubit where the first is 1.
fn controlled(theta: f64, phi: f64, lambda: f64, gamma: f64) -> Vec<Step> {
    vec![
        (Gate::P(gamma + (lambda + phi) / 2.0), A),
        (Gate::P((lambda - phi) / 2.0), B),
        (Gate::Cx, AB),
        (Gate::U3(-theta / 2.0, 0.0, -(phi + lambda) / 2.0), B),
        (Gate::Cx, AB),
        (Gate::U3(theta / 2.0, phi, 0.0), B),
    ]
}
