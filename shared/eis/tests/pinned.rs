//! Pins every figure of a varied generated department, so that a faster way of computing them is the same way: several
//! units, transfers, leave, streams of exposure with gaps, findings, severities. Sentences are pinned by their own tests.
#[path = "../benches/department/mod.rs"]
mod department;

use std::fmt::Write;

use department::Size;
use eis::explanation::{Explanation, Term};
use eis::score;
use sha2::{Digest, Sha256};

/// SHA-256 over the figures of all officers.
#[track_caller]
fn check(size: Size, expected: &str) {
    let output = score(&department::department(size), &department::rules());
    assert_eq!(output.scores.len(), size.officers);
    let mut hash = Sha256::new();
    for explanation in &output.scores {
        hash.update(figures(explanation));
    }
    assert_eq!(hex::encode(hash.finalize()), expected);
}

fn figures(of: &Explanation) -> String {
    let mut text = format!(
        "{} {} {} {} {} {} {:?} {:?}\n",
        of.officer_id,
        of.s,
        of.pct,
        of.population,
        of.duty_months,
        of.insufficient_history,
        of.level,
        of.triggers
    );
    for term in &of.terms {
        writeln!(text, "{}", line(term)).expect("writing to a String cannot fail");
    }
    text
}

fn line(term: &Term) -> String {
    let Term { indicator, weight, c, y, e, mu, m_g, a, lambda, r_dept, r_peer, n, .. } = term;
    let first = format!("{indicator} {weight} {c} {y} {e} {mu} {m_g} {a} {lambda} {r_dept} {r_peer} {n}");
    let Term { e_plain, a_plain, x, lo, hi, p, unlikely_to_be_chance, exposure_unit, .. } = term;
    let second = format!("{e_plain} {a_plain} {x} {lo} {hi} {p} {unlikely_to_be_chance} {exposure_unit:?}");
    format!("{first} {second} {:?} {:?} {:?}", term.exposure_passed_over, term.peers, term.events)
}

#[test]
fn streams_of_exposure() {
    check(
        Size { officers: 400, events: 40, streams: true },
        "f340060a4d6760e73d8fcf0c926bcd1184636f297a5d659ad1caa03ae04ffcf3",
    );
}

#[test]
fn months_on_duty() {
    check(
        Size { officers: 400, events: 40, streams: false },
        "ebd580ecc6031b6c6b85491d218c709e8adcdad5baa454c1cbac503b79562c44",
    );
}

#[test]
fn a_small_agency_with_fixed_priors() {
    check(
        Size { officers: 60, events: 20, streams: true },
        "5b8fd242ae3d513363238749669b07b6e5018eacbc8ac23b15a6726a669e9c4f",
    );
}
