//! The chart of a department: seats by rank, unit and shift, and who answers to whom. It grows with the department:
//! squads of ten, a lieutenant for each shift of a district once there are many.
use crate::city::force::SHIFTS;

/// Members of a squad besides its sergeant.
const SQUAD: usize = 9;
/// From this size on every district has its own lieutenants.
const LARGE: usize = 1_000;

/// A seat, before somebody has it.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) rank: &'static str,
    pub(super) unit: String,
    pub(super) shift: &'static str,
    /// Place of the supervisor's seat, which stands before this one.
    pub(super) under: Option<usize>,
}

/// The seats, chief first, and the places of the sergeants of patrol.
pub(super) struct Chart {
    pub(super) seats: Vec<Seat>,
    pub(super) squads: Vec<usize>,
    pub(super) districts: usize,
    /// Share of the seats from which one may be transferred: officers of patrol.
    pub(super) movable: f64,
}

impl Chart {
    /// A chart of exactly `officers` seats.
    pub(super) fn new(officers: usize) -> Self {
        let districts = (officers / 36).clamp(3, 22);
        let mut chart =
            Self { seats: Vec::with_capacity(officers), squads: Vec::new(), districts, movable: 0.0 };
        let chief = chart.add("chief", "command", "days", None);
        let patrol = chart.add("captain", "command", "days", Some(chief));
        let cases = chart.add("captain", "command", "days", Some(chief));
        chart.add("lieutenant", "standards", "days", Some(chief));
        chart.add("sergeant", "training", "days", Some(chief));
        chart.bureau(officers / 10, "investigations", "detective", cases);
        chart.bureau(officers / 25, "traffic", "officer", patrol);
        chart.patrol(officers, patrol);
        let moves = |seat: &&Seat| seat.rank == "officer" && seat.unit.starts_with("patrol-");
        chart.movable = chart.seats.iter().filter(moves).count() as f64 / officers as f64;
        chart
    }

    fn add(&mut self, rank: &'static str, unit: &str, shift: &'static str, under: Option<usize>) -> usize {
        self.seats.push(Seat { rank, unit: unit.into(), shift, under });
        self.seats.len() - 1
    }

    /// A lieutenant, and squads of a sergeant and nine until `size` seats are filled.
    fn bureau(&mut self, size: usize, unit: &str, rank: &'static str, under: usize) {
        let lieutenant = self.add("lieutenant", unit, "days", Some(under));
        let mut sergeant = lieutenant;
        for number in 0..size.saturating_sub(1) {
            let shift = SHIFTS[number / (SQUAD + 1) % 2];
            if number % (SQUAD + 1) == 0 {
                sergeant = self.add("sergeant", unit, shift, Some(lieutenant));
            } else {
                self.add(rank, unit, shift, Some(sergeant));
            }
        }
    }

    /// Whatever seats are left: districts by shift, squads in turn.
    fn patrol(&mut self, officers: usize, captain: usize) {
        let watches: Vec<Vec<usize>> = SHIFTS
            .iter()
            .map(|shift| match officers {
                LARGE.. => (1..=self.districts)
                    .map(|district| {
                        self.add("lieutenant", &format!("patrol-{district}"), shift, Some(captain))
                    })
                    .collect(),
                _ => vec![self.add("lieutenant", "patrol", shift, Some(captain))],
            })
            .collect();
        let left = officers - self.seats.len();
        let count = (left / (SQUAD + 1)).max(1);
        for number in 0..count {
            let (district, shift) = (number % self.districts, number / self.districts % SHIFTS.len());
            let watch = &watches[shift];
            let unit = format!("patrol-{}", district + 1);
            let sergeant = self.add("sergeant", &unit, SHIFTS[shift], Some(watch[district % watch.len()]));
            self.squads.push(sergeant);
        }
        for number in 0..left - count {
            let sergeant = self.squads[number % count];
            let Seat { unit, shift, .. } = self.seats[sergeant].clone();
            self.add("officer", &unit, shift, Some(sergeant));
        }
    }
}
