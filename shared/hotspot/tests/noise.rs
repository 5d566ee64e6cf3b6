//! On maps of pure noise the joint label is rarely wrong, however few the events; Gi* alone nearly always is.
use hotspot::calibration::{CITY, SIZES, false_alarms};
use hotspot::{Lattice, StudyArea};

/// At most 5 % in the long run; 8 % leaves room for the luck of 200 draws.
#[test]
fn noise_is_not_called_hot() {
    let lattice = Lattice::new(&StudyArea::from_geojson(CITY).unwrap(), 7);
    assert_eq!(lattice.len(), 20_660);
    for events in SIZES {
        let alarms = false_alarms(&lattice, events, 200, 1);
        println!("{events} events: {alarms:?}");
        assert!(alarms.joint <= 16, "{events} events: {} of 200 maps have a false hot cell", alarms.joint);
        assert!(events > 5_000 || alarms.gistar >= 190, "{events} events: {}", alarms.gistar);
    }
}
