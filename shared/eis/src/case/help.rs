//! Help for the officer: planning interventions and recording how they go; and the officer's own words.
use jiff::civil::Date;

use super::work::{CHAIN, Done, after};
use super::{Act, Capacity, Contest, Disposition, Intervention, Kind, Progress, Refusal, State, Work};

impl Work<'_> {
    /// Whether an intervention may be planned now.
    pub(super) fn may_plan(&self) -> bool {
        let state =
            matches!(self.case.state, State::SecondReview | State::InterventionPlanned | State::Active);
        state && self.decided() == Some(Disposition::Intervention) && CHAIN.contains(&self.by.capacity)
    }

    /// Plans an intervention; the first one makes the case `InterventionPlanned`.
    pub fn plan(&self, kind: Kind, owner: &str, due_on: Date, course: Option<&str>) -> Result<Done, Refusal> {
        if !self.may_plan() {
            return Err(self.illegal("interventions follow the disposition Intervention and a second review"));
        }
        let field = |field, detail: &str| Err(Refusal::Field { field, detail: detail.into() });
        if due_on < self.on {
            return field("due_on", "must not lie in the past");
        }
        if (kind == Kind::Training) != course.is_some() {
            return field("course", "goes with training, and with nothing else");
        }
        let same = |one: &Intervention| {
            one.progress == Progress::Planned
                && (one.kind, one.owner.as_str(), one.due_on) == (kind, owner, due_on)
                && one.course.as_deref() == course
        };
        if self.case.interventions.iter().any(same) {
            return Err(self.illegal("this very intervention is planned already"));
        }
        let mut case = self.case.clone();
        let number = case.interventions.len() as u32 + 1;
        case.interventions.push(Intervention {
            number,
            kind,
            owner: owner.into(),
            due_on,
            course: course.map(String::from),
            progress: Progress::Planned,
            planned_on: self.on,
            ended_on: None,
        });
        if case.state == State::SecondReview {
            case.state = State::InterventionPlanned;
            case.due_on = Some(after(self.on, self.flow.plan_days));
            case.escalated_on.clear();
        } else if case.state == State::Active {
            case.due_on = case.due_on.max(Some(due_on));
        }
        Ok(self.done(case, Act::Planned { intervention: number }))
    }

    /// Records how far an intervention has come. `trained` says whether the training record holds its course since it
    /// was planned.
    pub fn progress(&self, number: u32, progress: Progress, trained: bool) -> Result<Done, Refusal> {
        if !CHAIN.contains(&self.by.capacity)
            || !matches!(self.case.state, State::InterventionPlanned | State::Active)
        {
            return Err(self.illegal("no intervention is under way"));
        }
        let field = |field, detail: String| Err(Refusal::Field { field, detail });
        let mut case = self.case.clone();
        let Some(one) = case.interventions.iter_mut().find(|one| one.number == number) else {
            return field("number", "names no intervention of this case".into());
        };
        if one.progress.is_end() {
            return field("number", "this intervention has ended".into());
        }
        if !one.kind.progress().contains(&progress) {
            let words: Vec<&str> = one.kind.progress().iter().map(|progress| progress.word()).collect();
            return field("progress", format!("must be one of {}", words.join(", ")));
        }
        if one.kind == Kind::Training && progress == Progress::Done && !trained {
            let detail = "the training record holds no completion of this course since it was planned";
            return field("progress", detail.into());
        }
        one.progress = progress;
        one.ended_on = progress.is_end().then_some(self.on);
        Ok(self.done(case, Act::Progressed { intervention: number, progress }))
    }

    /// The officer's own words, or an objection.
    pub fn statement(&self, contest: bool) -> Result<Done, Refusal> {
        if self.by.capacity != Capacity::Officer {
            return Err(Refusal::Person("a statement is the officer's own"));
        }
        let mut case = self.case.clone();
        if contest {
            if case.is_contested() {
                return Err(self.illegal("an objection is waiting for its ruling already"));
            }
            case.contest = Some(Contest { on: self.on, ruling: None });
            return Ok(self.done(case, Act::Contested));
        }
        let open = matches!(
            case.state,
            State::Detected | State::Notified | State::UnderReview | State::OfficerResponse
        );
        if !open {
            return Err(self.illegal("it is decided: you can contest it"));
        }
        case.has_statement = true;
        Ok(self.done(case, Act::Statement))
    }
}
