//! `hqrn-job`: plans, rehearsals, and what is collected.

use crate::support::{circuits, outcome, stdout};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn job<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hqrn-job")).args(arguments).output().unwrap()
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A plan of iris.json, two blocks of 4x4, on the bundled piece of a machine.
fn plan(folder: &Path, more: &[&str]) -> Output {
    plan_on(&circuits("boston-line.json"), folder, more)
}

fn plan_on(machine: &Path, folder: &Path, more: &[&str]) -> Output {
    let (weights, data) = (circuits("iris.json"), circuits("iris.csv"));
    let given = ["plan", &shown(&weights), "--machine", &shown(machine), "--data", &shown(&data), "-o", &shown(folder)]
        .map(str::to_owned);
    job(&given.into_iter().chain(more.iter().map(|text| (*text).to_owned())).collect::<Vec<_>>())
}

fn json(output: &Output) -> Value {
    assert_eq!(outcome(output).0, 0, "{}", outcome(output).1);
    serde_json::from_str(&stdout(output)).unwrap()
}

#[test]
fn what_is_promised_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| shown(&folder.path().join(name));
    let at = folder.path().join("plan");
    let planned = json(&plan(&at, &["--executions", "1e5", "--tiles", "2", "--draws", "4", "--json"]));
    let of_plan = &planned["plan"];
    assert_eq!(of_plan["blocks"][0]["tiles"].as_array().unwrap().len(), 2);
    let runs: u64 =
        (0..2).flat_map(|k| of_plan["blocks"][k]["runs"].as_array().unwrap()).map(|r| r.as_u64().unwrap()).sum();
    let executions = of_plan["effort"]["executions"].as_u64().unwrap();
    assert_eq!(executions, runs * of_plan["shots"].as_u64().unwrap());
    // A hundred thousand runs of circuits, two at a time, but for a remainder of less than a run.
    assert!((49_000..=50_000).contains(&executions), "{executions}");
    // The same plan again has the same bytes.
    let again = folder.path().join("again");
    json(&plan(&again, &["--executions", "1e5", "--tiles", "2", "--draws", "4", "--json", "--threads", "1"]));
    for name in ["plan.json", "job.json", "block-01.qasm", "machine.json", "network.json"] {
        assert_eq!(std::fs::read(at.join(name)).unwrap(), std::fs::read(again.join(name)).unwrap(), "{name}");
    }
    let result = path("result.json");
    let rehearsed = job(&["rehearse", &shown(&at), "-o", &result]);
    assert_eq!(outcome(&rehearsed).0, 0, "{}", outcome(&rehearsed).1);
    let (measured, page) = (path("measured.json"), path("page.html"));
    let collected =
        json(&job(&["collect", &shown(&at), &result, "--measured", &measured, "--report", &page, "--json"]));
    for block in collected["blocks"].as_array().unwrap() {
        let (scale, promised) = (block["scale"]["value"].as_f64().unwrap(), block["promised_scale"].as_f64().unwrap());
        assert!((scale / promised - 1.0).abs() < 0.1, "{block}");
        assert!(block["surprise"]["sigma"].as_f64().unwrap().abs() < 4.0, "{block}");
    }
    let last = &collected["steps"][4];
    assert_eq!(last["step"], "refitted");
    // Of 50 flowers few change; the network as measured is one that hqrn-run takes, and says the same of them.
    let wrong = last["wrong"]["changed"].as_u64().unwrap();
    assert!(last["changed"]["changed"].as_u64().unwrap() <= 3, "{last}");
    let run = Command::new(env!("CARGO_BIN_EXE_hqrn-run"))
        .args([&measured, "--data", &shown(&circuits("iris.csv")), "--shots", "inf", "--json"])
        .output()
        .unwrap();
    let tally = &json(&run)["points"][0];
    let samples = last["wrong"]["of"].as_u64().unwrap() as f64;
    assert!((tally["error"].as_f64().unwrap() - wrong as f64 / samples).abs() < 1e-9, "{tally}");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg") && page.contains("came back") && !page.contains("NaN"));
    assert!(page.contains("<h1>iris on a piece of ibm_boston, rehearsed</h1>"));
    assert_eq!(collected["origin"], "rehearsed");
    // A sentence in front, W as it came back, and in the foot what it is of.
    for part in
        ["<p class=\"lead\">Once counts are refitted, ", ">Block 2<", ">W_rec - W<", "seed ", "json, SHA-256 <code>"]
    {
        assert!(page.contains(part), "{part}");
    }
    // Tables are for people.
    let table = stdout(&job(&["collect", &shown(&at), &result, "--step", "scaled"]));
    assert!(table.contains("refitted") && table.contains("sigma"), "{table}");
}

#[test]
fn what_no_machine_gave_is_marked_wherever_it_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| shown(&folder.path().join(name));
    let at = folder.path().join("plan");
    assert_eq!(outcome(&plan(&at, &["--executions", "1e4", "--draws", "2", "-q"])).0, 0);
    let drawn = path("drawn.json");
    assert_eq!(outcome(&job(&["rehearse", &shown(&at), "-o", &drawn, "-q"])).0, 0);
    let drawn: Value = serde_json::from_slice(&std::fs::read(drawn).unwrap()).unwrap();
    let (result, measured, page) = (path("result.json"), path("measured.json"), path("page.html"));
    // The same counts, from elsewhere by what the file says.
    let collect = |told: Value, more: &[&str]| {
        let mut all = drawn.clone();
        let rows = all.as_object_mut().unwrap();
        rows.remove("rehearsed");
        rows.extend(told.as_object().unwrap().clone());
        std::fs::write(&result, all.to_string()).unwrap();
        let at = shown(&at);
        job(&[&["collect", &at, &result, "--measured", &measured, "--report", &page], more].concat())
    };
    let read = |file: &str| std::fs::read_to_string(file).unwrap();
    for (told, origin, mark, name) in [
        (serde_json::json!({}), "machine", "", "measured on a piece of ibm_boston"),
        (
            serde_json::json!({"backend": "ibm_boston", "fake": false}),
            "machine",
            "",
            "measured on a piece of ibm_boston",
        ),
        (serde_json::json!({"backend": "ibm_x"}), "machine", ", measured on ibm_x", "measured on ibm_x"),
        (
            serde_json::json!({"backend": "FakeBoston"}),
            "simulated",
            ", simulated on FakeBoston",
            "simulated on FakeBoston",
        ),
        (serde_json::json!({"backend": "aer", "fake": true}), "simulated", ", simulated on aer", "simulated on aer"),
    ] {
        let report = json(&collect(told.clone(), &["--json"]));
        assert_eq!((&report["origin"], &report["backend"]), (&origin.into(), &told["backend"]));
        let network: Value = serde_json::from_str(&read(&measured)).unwrap();
        assert_eq!(network["name"], format!("iris as {name}, 2026-04-17"));
        assert!(read(&page).contains(&format!("<h1>iris on a piece of ibm_boston{mark}</h1>")), "{mark}");
        let output = collect(told, &[]);
        let (first, notes) = (stdout(&output).lines().next().unwrap().to_owned(), outcome(&output).1);
        let (text, figures) = (read(&page), "figures of 2026-04-17T12:19:24+02:00");
        assert_eq!(first, format!("iris on a piece of ibm_boston, {figures}{mark}"));
        let asked = "no machine was asked";
        assert_eq!((notes.contains(asked), text.contains(asked)), (origin == "simulated", origin == "simulated"));
        let promised = "ibm_x gave these counts: promises and readout errors are of a piece of ibm_boston";
        let other = mark.contains("ibm_x");
        assert_eq!((notes.contains(promised), text.contains(promised)), (other, other), "{notes}");
    }
    for (told, problem) in [
        (serde_json::json!({"fake": "yes"}), "result.json: fake: expected true or false"),
        (serde_json::json!({"backend": {}}), "result.json: backend: expected a name"),
    ] {
        std::fs::remove_file(&measured).unwrap_or_default();
        let (code, told) = outcome(&collect(told, &[]));
        assert!(code == 2 && told.contains(problem) && told.lines().count() == 1, "{code}: {told}");
        assert!(!Path::new(&measured).exists());
    }
}

#[test]
fn a_page_speaks_of_what_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| shown(&folder.path().join(name));
    let (at, page) = (folder.path().join("plan"), path("page.html"));
    let given = ["--executions", "1e4", "--draws", "2", "--step", "scaled", "-q", "--report", &page];
    assert_eq!(outcome(&plan(&at, &given)).0, 0);
    let planned = std::fs::read_to_string(&page).unwrap();
    let of_promised = "Error bars: of what is promised one standard deviation from job to job";
    assert!(planned.contains(of_promised) && !planned.contains("came back") && !planned.contains("promises nothing"));
    assert!(planned.contains("; ± is from job to job.") && planned.contains(">promised, ± of the mean<"));
    let result = path("result.json");
    assert_eq!(outcome(&job(&["rehearse", &shown(&at), "-o", &result, "-q"])).0, 0);
    assert_eq!(outcome(&job(&["collect", &shown(&at), &result, "-q", "--report", &page])).0, 0);
    // Of the last step there is no promise: all others are drawn beside what came back, and its gap is told.
    let collected = std::fs::read_to_string(&page).unwrap();
    for step in ["raw", "inverted", "scaled", "shifted"] {
        let bar = format!("<title>promised, {step}: ");
        assert!(planned.contains(&bar) && collected.contains(&bar), "{step}");
    }
    assert!(!collected.contains("<title>promised, refitted: "));
    assert!(collected.contains("<title>came back, refitted: ") && collected.contains(of_promised));
    assert!(collected.contains("of what came back one standard error of a share of 50 rows"));
    assert!(collected.contains("The plan promises nothing of refitted."));
    assert!(collected.contains("of the labels, ± from job to job"));
    assert!(!collected.contains("height=\"0.0\""));
}

#[test]
fn whatever_does_not_belong_together_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("plan");
    let path = |name: &str| shown(&folder.path().join(name));
    let refused = |output: &Output, expected: &str| {
        let (code, told) = outcome(output);
        assert!(code == 2 && told.contains(expected), "{code}: {told}");
    };
    refused(&plan(&at, &["--executions", "7"]), "7 executions: 8 columns on 1 copies take at least 8");
    refused(&plan(&at, &["--executions", "2e7"]), "ibm takes at most 10000000");
    refused(&plan(&at, &["--executions", "inf"]), "--executions inf");
    refused(&plan(&at, &["--report", &shown(folder.path())]), "is a folder, expected a file to write");
    assert!(!at.exists(), "nothing is written");
    assert_eq!(outcome(&plan(&at, &["--executions", "1e4", "--draws", "2", "-q"])).0, 0);
    let result = path("result.json");
    assert_eq!(outcome(&job(&["rehearse", &shown(&at), "-o", &result, "-q"])).0, 0);
    let collect = |result: &str| job(&["collect", &shown(&at), result, "-q"]);
    let read = |file: &str| -> Value { serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap() };
    let whole = read(&result);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = whole.clone();
        change(&mut changed);
        let file = path("changed.json");
        std::fs::write(&file, changed.to_string()).unwrap();
        collect(&file)
    };
    refused(&with(&|all| drop(all["pubs"].as_array_mut().unwrap().pop())), "those of [2] have not come back");
    refused(&with(&|all| drop(all["pubs"][0].as_array_mut().unwrap().pop())), "block 1: ");
    refused(&with(&|all| all["pubs"][1][0] = serde_json::json!({"0x0": 1})), "block 2, run 1: 1 shots, the plan has");
    refused(&with(&|all| all["sha256"] = "0".into()), "is of another job than the plan's");
    let none = "none.json: no result is there yet: python examples/submit/run_job.py ";
    refused(&collect(&path("none.json")), none);
    refused(&job(&["collect", &shown(&at)]), "plan/result.json: no result is there yet: ");
    let [weights, machine] = ["iris.json", "boston-line.json"].map(|name| shown(&circuits(name)));
    let bare = job(&["plan", &weights, "--machine", &machine, "-o", &path("bare")]);
    refused(&bare, "the following required arguments were not provided: --data <DATA>");
    let (page, gone) = (path("page.html"), path("gone/measured.json"));
    refused(&job(&["collect", &shown(&at), &result, "--report", &page, "--measured", &gone]), "there is no folder ");
    assert!(!Path::new(&page).exists(), "nothing is written");
    // Words of other columns show nothing of W.
    let turn = |all: &mut Value| {
        all["pubs"].as_array_mut().unwrap().iter_mut().for_each(|runs| runs.as_array_mut().unwrap().reverse());
    };
    let (code, told) = outcome(&with(&turn));
    assert!(code == 1 && told.contains("nothing of its W is to be seen"), "{code}: {told}");
    refused(&with(&|all| all["pubs"][0][0] = serde_json::json!({"0x0": u64::MAX})), "expected at most 2^53 shots");
    // What came back of one plan is not that of the next in its place, and no file of a plan is written over.
    std::fs::copy(&result, at.join("result.json")).unwrap();
    refused(&plan(&at, &["--executions", "1e4"]), "is of the plan that is there");
    std::fs::remove_file(at.join("result.json")).unwrap();
    refused(&job(&["collect", &shown(&at), &result, "--measured", &shown(&at.join("network.json"))]), "is an input");
    refused(&job(&["rehearse", &shown(&at), "-o", &shown(&at.join("job.json"))]), "is there already");
    // Files of the plan are what they were.
    for (name, expected) in [
        ("block-02.qasm", "is not what was planned"),
        ("job.json", "is not what was planned"),
        ("plan.json", "plan.json: "),
    ] {
        let file = at.join(name);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replacen(['1', '2'], "3", 1)).unwrap();
        refused(&collect(&result), expected);
        std::fs::write(&file, text).unwrap();
    }
    let other = path("other.csv");
    std::fs::copy(circuits("iris.csv"), &other).unwrap();
    assert_eq!(outcome(&job(&["collect", &shown(&at), &result, "--data", &other, "-q"])).0, 0);
    std::fs::write(&other, std::fs::read_to_string(&other).unwrap().replacen("5.1", "5.2", 1)).unwrap();
    refused(&job(&["collect", &shown(&at), &result, "--data", &other, "-q"]), "is not what was planned with");
    refused(&job(&["collect", &shown(&at), &result, "--measured", &result]), "is an input");
}

#[test]
fn what_a_plan_was_made_of_is_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let (at, bare) = (folder.path().join("plan"), folder.path().join("bare"));
    let path = |name: &str| shown(&folder.path().join(name));
    let [rows, training, labels, reference, result] =
        ["rows.csv", "training.csv", "labels.csv", "reference.json", "result.json"].map(path);
    std::fs::copy(circuits("iris.json"), &reference).unwrap();
    let table = std::fs::read_to_string(circuits("iris.csv")).unwrap();
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let column = |name: &str| lines[0].iter().position(|head| *head == name).unwrap();
    let (label, split) = (column("label"), column("split"));
    let of = |wanted: &'static str| lines.iter().filter(move |line| [wanted, "split"].contains(&line[split]));
    let inputs = |line: &Vec<&str>| {
        let entries = line.iter().enumerate().filter(|(c, _)| ![label, split].contains(c));
        entries.map(|(_, text)| *text).collect::<Vec<_>>().join(",") + "\n"
    };
    std::fs::write(&rows, of("test").map(inputs).collect::<String>()).unwrap();
    std::fs::write(&training, of("train").map(inputs).collect::<String>()).unwrap();
    std::fs::write(&labels, of("test").map(|line| format!("{}\n", line[label])).collect::<String>()).unwrap();
    let [weights, machine] = ["iris.json", "boston-line.json"].map(|name| shown(&circuits(name)));
    let plan = |folder: &Path, more: &[&str]| {
        let base = ["plan", &weights, "--machine", &machine, "--executions", "1e4", "--draws", "2", "-q"];
        let data = ["--data", &rows, "--train", &training, "-o", &shown(folder)].map(str::to_owned);
        let all = base.into_iter().chain(data.iter().map(String::as_str)).chain(more.iter().copied());
        assert_eq!(outcome(&job(&all.collect::<Vec<_>>())), (0, String::new()));
    };
    plan(&at, &["--labels", &labels, "--reference", &reference]);
    plan(&bare, &[]);
    assert_eq!(outcome(&job(&["rehearse", &shown(&at), "-o", &result, "-q"])).0, 0);
    let collect = |more: &[&str]| job(&[&["collect", &shown(&at), &result, "--json"], more].concat());
    let last = |output: &Output| json(output)["steps"].as_array().unwrap().last().unwrap().clone();
    // Labels and the reference are the plan's.
    let step = last(&collect(&["-q"]));
    assert_eq!(step["strayed"], step["changed"], "the reference is the network itself");
    assert!(step["wrong"].is_object());
    assert_eq!(step, last(&collect(&["-q", "--reference", &reference])));
    // A plan without them says no word of them, as plans of before.
    let text = std::fs::read_to_string(bare.join("plan.json")).unwrap();
    assert!(!text.contains("\"reference\"") && !text.contains("\"labels\":"), "{text}");
    for (file, remedy) in [
        (&rows, "put back what it was, or make the plan anew"),
        (&training, "put back what it was, or make the plan anew"),
        (&labels, "put back what it was, or make the plan anew"),
        (&reference, "put back what it was, or make the plan anew"),
    ] {
        let before = std::fs::read(file).unwrap();
        let (code, told) = outcome(&job(&["collect", &shown(&at), &result, "--measured", file]));
        assert!(code == 2 && told.contains("is an input, and would be lost"), "{told}");
        std::fs::write(file, [&before[..], b" "].concat()).unwrap();
        let wanted = format!("error: {file}: is not what was planned with, by its SHA-256: {remedy}\n");
        assert_eq!(outcome(&job(&["collect", &shown(&at), &result])), (2, wanted));
        std::fs::write(file, before).unwrap();
    }
    std::fs::remove_file(&reference).unwrap();
    let gone = collect(&[]);
    assert!(last(&gone).get("strayed").is_none());
    let note = format!("note: {reference}: is gone: no labels are compared with its; --reference names it elsewhere");
    assert!(outcome(&gone).1.lines().any(|line| line == note), "{}", outcome(&gone).1);
    assert_eq!(last(&collect(&["-q", "--reference", &weights])), step);
    // What went along with the plan is found beside it, as long as it is the same.
    for file in [&rows, &training, &labels] {
        std::fs::rename(file, at.join(Path::new(file).file_name().unwrap())).unwrap();
    }
    assert_eq!(last(&collect(&["-q", "--reference", &weights])), step);
    std::fs::write(at.join("labels.csv"), "0\n").unwrap();
    let (code, told) = outcome(&collect(&["-q"]));
    assert!(code == 2 && told.contains("is not what was planned with, by its SHA-256: expected "), "{told}");
}

#[test]
fn every_provider_gets_a_job_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(circuits("boston-line.json")).unwrap();
    for (provider, key, parts) in [("braket", "tasks", 1), ("ionq", "jobs", 1)] {
        let machine = folder.path().join(format!("{provider}.json"));
        std::fs::write(&machine, text.replace("\"target\": \"ibm\"", "\"target\": \"braket\"")).unwrap();
        let at = folder.path().join(provider);
        let given = ["--provider", provider, "--even", "--executions", "8e3", "--draws", "2", "--json"];
        let planned = json(&plan_on(&machine, &at, &given));
        let request: Value = serde_json::from_slice(&std::fs::read(at.join("job.json")).unwrap()).unwrap();
        assert_eq!(request[key].as_array().unwrap().len(), parts, "{provider}");
        assert_eq!(planned["plan"]["effort"]["executions"], 8_000);
        let result = shown(&folder.path().join("result.json"));
        assert_eq!(outcome(&job(&["rehearse", &shown(&at), "-o", &result, "-q"])).0, 0);
        let collected = json(&job(&["collect", &shown(&at), &result, "--json"]));
        assert!(collected["blocks"][0]["surprise"]["sigma"].as_f64().unwrap().abs() < 4.0, "{provider}");
    }
    let other = plan(&folder.path().join("other"), &["--provider", "ionq"]);
    assert!(outcome(&other).0 == 2 && outcome(&other).1.contains("reads programs for ibm, which ionq does not take"));
    let refused = plan(&folder.path().join("copies"), &["--provider", "ionq", "--tiles", "2"]);
    assert!(outcome(&refused).0 == 2 && outcome(&refused).1.contains("ionq chooses qubits itself"));
}
