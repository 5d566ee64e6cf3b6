//! What a ruleset must satisfy, each fault with its key and what would be right.
use super::{Ruleset, RulesetError, Unit, VERSION};
use crate::threshold::Condition;

impl Ruleset {
    /// Refuses numbers that make no sense, before a night is scored with them.
    pub(super) fn check(&self) -> Result<(), RulesetError> {
        demand(self.version == VERSION, "version", "must be gp-1, the only version this release computes")?;
        demand(self.window_days >= 365, "window_days", "must be at least 365")?;
        demand(self.half_life_days >= 30, "half_life_days", "must be at least 30")?;
        let plain = (90..=self.window_days).contains(&self.plain_days);
        demand(plain, "plain_days", "must be at least 90 and at most window_days")?;
        demand(positive(self.floor_months), "floor_months", "must be a number above 0")?;
        demand(positive(self.history_months), "history_months", "must be a number above 0")?;
        demand(share(self.exposure_coverage), "exposure_coverage", "must lie above 0 and at most be 1")?;
        ends_in_months("exposure", &self.exposure)?;
        demand(self.peers.min_officers >= 2, "peers.min_officers", "must be at least 2")?;
        demand(self.peers.min_months >= 0.0, "peers.min_months", "must not be negative")?;
        demand(positive(self.peers.strength), "peers.strength", "must be a number above 0")?;
        let bounds = positive(self.prior.lowest) && self.prior.highest >= self.prior.lowest;
        demand(bounds && self.prior.highest.is_finite(), "prior", "needs 0 < lowest <= highest")?;
        demand(share(self.chance.q), "chance.q", "must lie above 0 and at most be 1")?;
        for (finding, weight) in &self.findings {
            demand(
                is_weight(*weight),
                &format!("findings.{finding:?}"),
                "must be a number that is not negative",
            )?;
        }
        for (severity, weight) in &self.severities {
            demand(
                is_weight(*weight),
                &format!("severities.{severity}"),
                "must be a number that is not negative",
            )?;
        }
        demand(!self.same_scene.indicator.is_empty(), "same_scene.indicator", "name an indicator")?;
        demand(self.same_scene.min_scenes >= 1, "same_scene.min_scenes", "must be at least 1")?;
        self.check_indicators()?;
        self.check_alerts()?;
        self.check_thresholds()?;
        self.check_workflow()
    }

    fn check_indicators(&self) -> Result<(), RulesetError> {
        for (name, indicator) in &self.indicators {
            let key = |field: &str| format!("indicators.{name}.{field}");
            let plain = !name.is_empty()
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            demand(plain, &format!("indicators.{name}"), "names are lower-case letters, digits and _")?;
            let trait_name = crate::protected::is_protected(name);
            demand(!trait_name, &format!("indicators.{name}"), "protected attributes are never scored")?;
            demand(!indicator.name.is_empty(), &key("name"), "say it in plain words")?;
            demand(is_weight(indicator.weight), &key("weight"), "must be a number that is not negative")?;
            demand(
                indicator.half_life_days.is_none_or(|days| days >= 30),
                &key("half_life_days"),
                "must be at least 30",
            )?;
            demand(positive(indicator.shape), &key("shape"), "must be a number above 0")?;
            demand(positive(indicator.plain_shape), &key("plain_shape"), "must be a number above 0")?;
            if let Some(order) = &indicator.exposure {
                ends_in_months(&key("exposure"), order)?;
            }
        }
        let sum: f64 = self.indicators.values().map(|indicator| indicator.weight).sum();
        demand(positive(sum), "indicators", "at least one needs a weight above 0")
    }

    fn check_alerts(&self) -> Result<(), RulesetError> {
        let alerts = &self.alerts;
        let ordered = 50.0 <= alerts.leave_pct
            && alerts.leave_pct <= alerts.watch_pct
            && alerts.watch_pct <= alerts.review_pct
            && alerts.review_pct <= 100.0;
        demand(ordered, "alerts", "needs 50 <= leave_pct <= watch_pct <= review_pct <= 100")?;
        demand(share(alerts.exceedance), "alerts.exceedance", "must lie above 0 and at most be 1")?;
        demand(positive(alerts.small_ratio), "alerts.small_ratio", "must be a number above 0")
    }

    fn check_thresholds(&self) -> Result<(), RulesetError> {
        let mut names = std::collections::BTreeSet::new();
        for threshold in &self.thresholds {
            let key = format!("thresholds.{}", threshold.name);
            demand(!threshold.name.is_empty(), "thresholds.name", "say it in plain words")?;
            demand(names.insert(&threshold.name), &key, "two rules have this name")?;
            let known = threshold.indicators.iter().all(|name| self.indicators.contains_key(name));
            demand(known, &key, "names an indicator that is not declared above")?;
            let conditions = [&threshold.warning, &threshold.review];
            let conditions: Vec<&Condition> = conditions.into_iter().flatten().collect();
            demand(!conditions.is_empty(), &key, "needs warning, review or both")?;
            for condition in conditions {
                self.check_condition(&key, condition)?;
            }
        }
        Ok(())
    }

    fn check_condition(&self, key: &str, condition: &Condition) -> Result<(), RulesetError> {
        demand(condition.count >= 1, key, "count must be at least 1")?;
        demand((1..=self.window_days).contains(&condition.days), key, "days must be 1 to window_days")?;
        demand(condition.times_own_previous.is_none_or(positive), key, "times_own_previous must be above 0")?;
        demand(condition.times_peers.is_none_or(positive), key, "times_peers must be above 0")?;
        let comparable = condition.times_peers.is_none() || condition.days == self.plain_days;
        demand(
            comparable,
            key,
            "with times_peers, days must be plain_days: that is what peers are counted over",
        )?;
        demand(
            condition.weekday_share.is_none_or(share),
            key,
            "weekday_share must lie above 0 and at most be 1",
        )?;
        let both = condition.weekday_share.is_some() != condition.weekdays.is_empty();
        demand(both, key, "weekdays and weekday_share go together")
    }

    fn check_workflow(&self) -> Result<(), RulesetError> {
        let flow = &self.workflow;
        let steps = [
            flow.review_days,
            flow.response_days,
            flow.second_review_days,
            flow.plan_days,
            flow.escalate_days,
        ];
        demand(steps.iter().all(|days| (1..=90).contains(days)), "workflow", "each step takes 1 to 90 days")?;
        let checks = &flow.follow_up_days;
        let rising = !checks.is_empty() && checks.is_sorted_by(|a, b| a < b) && checks[0] > 0;
        demand(rising, "workflow.follow_up_days", "must rise, from 1 day on, e.g. [30, 90, 180]")?;
        demand(flow.quiet_days <= 365, "workflow.quiet_days", "must be at most 365")?;
        let longest = [flow.longest_suppression_days, flow.longest_notice_delay_days];
        demand(
            longest.iter().all(|days| (1..=365).contains(days)),
            "workflow",
            "the longest times are 1 to 365 days",
        )
    }
}

fn demand(holds: bool, key: &str, reason: &str) -> Result<(), RulesetError> {
    if holds { Ok(()) } else { Err(RulesetError { key: key.into(), reason: reason.into() }) }
}

/// Months on duty are always known: an order that ends with them can never run out.
fn ends_in_months(key: &str, order: &[Unit]) -> Result<(), RulesetError> {
    demand(order.last() == Some(&Unit::Months), key, "must end with \"months\", which is always known")
}

fn positive(number: f64) -> bool {
    number.is_finite() && number > 0.0
}

fn share(number: f64) -> bool {
    number > 0.0 && number <= 1.0
}

fn is_weight(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../../../infra/agency/eis.toml");

    #[track_caller]
    fn refused(from: &str, to: &str, key: &str) {
        assert!(SHIPPED.contains(from), "{from} is not in the shipped file");
        assert_eq!(Ruleset::parse(&SHIPPED.replace(from, to)).unwrap_err().key, key);
    }

    #[test]
    fn shipped_weights_add_up_to_one() {
        let rules = Ruleset::parse(SHIPPED).unwrap();
        let sum: f64 = rules.indicators.values().map(|indicator| indicator.weight).sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert!(crate::event::CONTRACT_INDICATORS.iter().all(|name| rules.indicators.contains_key(*name)));
    }

    #[test]
    fn faults_name_the_key() {
        refused("version = \"gp-1\"", "version = \"gp-2\"", "version");
        refused("watch_pct = 95", "watch_pct = 99", "alerts");
        refused("\"months\"]\n", "]\n", "exposure");
        refused("[indicators.pursuit]", "[indicators.religion]", "indicators.religion");
        refused("q = 0.10", "q = 10", "chance.q");
        refused("indicators = [\"pursuit\"]", "indicators = [\"chases\"]", "thresholds.pursuits");
        refused("days = 730, times_peers", "days = 700, times_peers", "thresholds.three times the peers");
        refused("[30, 90, 180]", "[90, 30]", "workflow.follow_up_days");
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let text = SHIPPED.replace("half_life_days = 730", "halflife_days = 730");
        assert_eq!(Ruleset::parse(&text).unwrap_err().key, "eis.toml");
    }

    #[test]
    fn the_name_of_a_ruleset_ignores_comments_and_notices_numbers() {
        let rules = Ruleset::parse(SHIPPED).unwrap();
        let commented = Ruleset::parse(&format!("# another comment\n{SHIPPED}")).unwrap();
        let changed = Ruleset::parse(&SHIPPED.replace("watch_pct = 95", "watch_pct = 96")).unwrap();
        assert_eq!(rules.sha256(), commented.sha256());
        assert_ne!(rules.sha256(), changed.sha256());
    }
}
