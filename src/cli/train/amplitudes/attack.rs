//! Attacks as people write them: `form=1,noise=gauss-asym,size=0.1/1,mode=step`.

use crate::training::amplitude::{Attack, Form, Mode, Noise};

/// What one --attack asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Attacks(pub Vec<Attack>);

/// All attacks that a text asks for: each key once, `/` between alternatives.
pub fn attacks(text: &str) -> Result<Attacks, String> {
    let mut found: [Option<&str>; 4] = [None; 4];
    for part in text.split(',') {
        let (key, value) = part.split_once('=').ok_or(format!("'{part}': expected key=value"))?;
        let place = KEYS.iter().position(|known| *known == key);
        let place = place.ok_or(format!("'{key}': expected form, noise, size and mode"))?;
        if found[place].replace(value).is_some() {
            return Err(format!("'{key}' is there twice: / stands between alternatives"));
        }
    }
    let of = |place: usize| found[place].ok_or(format!("no {0}: expected {0}=..", KEYS[place]));
    let forms = each(of(0)?, form)?;
    let noises = each(of(1)?, noise)?;
    let sizes = each(of(2)?, size)?;
    let modes = each(of(3)?, mode)?;
    let mut all = vec![];
    for &form in &forms {
        for &noise in &noises {
            for &mode in &modes {
                if (form, mode) == (Form::Outside, Mode::Drift) {
                    return Err("form=2 has no mode=drift: what is behind a nonlinearity is no parameter".into());
                }
                all.extend(sizes.iter().map(|&size| Attack { form, noise, size, mode }));
            }
        }
    }
    Ok(Attacks(all))
}

const KEYS: [&str; 4] = ["form", "noise", "size", "mode"];

fn each<T>(text: &str, of: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split('/').map(of).collect()
}

fn form(text: &str) -> Result<Form, String> {
    match text {
        "1" => Ok(Form::Inside),
        "2" => Ok(Form::Outside),
        _ => Err(format!("form={text}: expected 1 or 2")),
    }
}

fn noise(text: &str) -> Result<Noise, String> {
    Noise::named(text).ok_or_else(|| format!("noise={text}: expected one of {}", Noise::names()))
}

/// Beyond a million nothing is left of what is hit.
fn size(text: &str) -> Result<f64, String> {
    let usable = |size: &f64| *size > 0.0 && *size <= 1e6;
    text.parse().ok().filter(usable).ok_or(format!("size={text}: expected a number above 0, at most 1e6"))
}

fn mode(text: &str) -> Result<Mode, String> {
    MODES
        .iter()
        .find(|(name, _)| *name == text)
        .map(|(_, mode)| *mode)
        .ok_or(format!("mode={text}: expected test, step or drift"))
}

const MODES: [(&str, Mode); 3] = [("test", Mode::Test), ("step", Mode::Step), ("drift", Mode::Drift)];

/// The name of a mode.
pub fn mode_name(mode: Mode) -> &'static str {
    MODES.iter().find(|(_, known)| *known == mode).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_all_there_and_mistakes_are_named() {
        let Attacks(all) = attacks("form=1/2,noise=gauss-sym/mixed-asym,size=0.1/1/10,mode=test/step").unwrap();
        assert_eq!(all.len(), 24);
        assert!(all.iter().enumerate().all(|(i, attack)| !all[..i].contains(attack)));
        let Attacks(all) = attacks("mode=drift,size=1e-2,form=1,noise=uniform-asym").unwrap();
        assert!(all.len() == 1 && all[0].mode == Mode::Drift && all[0].size == 0.01 && all[0].noise.asymmetric);
        for (text, said) in [
            ("", "'': expected key=value"),
            ("form", "'form': expected key=value"),
            ("form=1,noise=gauss-sym,size=1", "no mode: expected mode=.."),
            ("form=1,form=2", "'form' is there twice"),
            ("share=1", "'share': expected form, noise, size and mode"),
            ("form=3,noise=gauss-sym,size=1,mode=test", "form=3: expected 1 or 2"),
            ("form=1,noise=gauss,size=1,mode=test", "noise=gauss: expected one of gauss-sym"),
            ("form=1,noise=gauss-sym,size=0,mode=test", "size=0: expected a number above 0"),
            ("form=1,noise=gauss-sym,size=nan,mode=test", "size=nan: expected a number above 0"),
            ("form=1,noise=gauss-sym,size=1/,mode=test", "size=: expected a number above 0"),
            ("form=1,noise=gauss-sym,size=1,mode=later", "mode=later: expected test, step or drift"),
            ("form=2,noise=gauss-sym,size=1,mode=drift", "form=2 has no mode=drift"),
        ] {
            let message = attacks(text).unwrap_err();
            assert!(message.contains(said), "{text}: {message}");
        }
    }
}
