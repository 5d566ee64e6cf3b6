//! What texts that come in ask for: every list of words, what looks like one and is none, and what is decided.
use jiff::{SignedDuration, Timestamp};
use updates::reply::{
    Decided, Heard, Keyword, Latest, Meaning, Stop, SurveyAsked, Talk, decide, names, read,
};
use updates::{Answer, Class, ContactState, Kind, Scope, TaskKind};

const YES: Stop = Stop::Yes { everything: false };
const ALL: Stop = Stop::Yes { everything: true };

#[track_caller]
fn stop(expected: Stop, bodies: &[&str]) {
    for body in bodies {
        assert_eq!(read(body).stop, expected, "{body}");
    }
}

#[track_caller]
fn keyword(expected: Option<Keyword>, bodies: &[&str]) {
    for body in bodies {
        assert_eq!(read(body).keyword, expected, "{body}");
    }
}

#[track_caller]
fn emergency(expected: bool, bodies: &[&str]) {
    for body in bodies {
        assert_eq!(read(body).emergency, expected, "{body}");
    }
}

#[test]
fn each_word_of_the_rule_and_of_the_providers_stops() {
    stop(YES, &["stop", "Quit", "END.", "revoke", "Opt out", "cancel", "UNSUBSCRIBE"]);
    stop(
        YES,
        &["ARRET", "arrêt", "OPT-OUT", "optout", "REMOVE", "TD", " STOP please", "Stop!!!", "please stop"],
    );
    stop(ALL, &["STOPALL", "stop all", "STOP ALL TEXTS", "stop everything"]);
}

#[test]
fn free_text_stops() {
    stop(
        YES,
        &[
            "please stop texting me",
            "Don't text this number",
            "do not contact me again",
            "No more texts",
            "leave me alone",
            "take me off this list",
            "remove me from your list",
            "I revoke my consent",
            "I don’t want these",
            "I no longer want this",
            "no thanks",
            "stop it",
            "Lose my number!",
        ],
    );
}

#[test]
fn other_languages_stop() {
    stop(
        YES,
        &[
            "PARAR",
            "Alto",
            "CANCELAR",
            "no más mensajes",
            "Dejen de enviar mensajes",
            "ya no quiero",
            "Para.",
        ],
    );
    stop(YES, &["no me manden textos", "quítenme de la lista", "quiero darme de baja", "BAJA", "no mas"]);
    stop(YES, &["tsum", "Nres", "txhob xa ntawv tuaj", "tso tseg", "muab kuv tshem tawm", "tsis kam"]);
    stop(YES, &["JOOJI", "joojiya fariimaha", "ha ii soo dirin", "iga daa", "ma rabo"]);
    assert_eq!(read("PARAR").language, Some("es"));
    assert_eq!(read("tsum").language, Some("hmn"));
    assert_eq!(read("jooji").language, Some("so"));
    assert_eq!(read("stop").language, None);
}

#[test]
fn please_dont_stop_is_no_stop() {
    stop(
        Stop::No,
        &[
            "please don't stop",
            "Please don’t stop texting me",
            "do not stop the texts",
            "dont unsubscribe me",
            "no paren por favor",
            "no dejen de enviar",
            "txhob tsum",
            "ha joojin",
        ],
    );
    stop(Stop::Perhaps, &["I said don't stop. no, stop all texts"]);
}

#[test]
fn what_is_unclear_is_read_by_a_person() {
    stop(
        Stop::Perhaps,
        &[
            "I want this to stop",
            "stop by tonight",
            "Stop him",
            "Cancel the officer, he is gone",
            "end of the street",
            "wrong number",
            "I did not ask for these messages",
            "your texts are spam",
            "my lawyer will hear about these texts",
            "alto el fuego",
        ],
    );
}

#[test]
fn other_words_do_not_stop() {
    stop(
        Stop::No,
        &[
            "the bus stop on 5th",
            "he ran the stop sign",
            "ok thank you",
            "yes",
            "START",
            "",
            "🙂",
            "my bike was in the back yard",
            "gracias",
            "for my wife: para mi esposa",
            "I got your text about my report",
        ],
    );
}

#[test]
fn emergencies_are_heard_in_every_language() {
    emergency(
        true,
        &[
            "help me",
            "he has a KNIFE",
            "a gun",
            "He's back",
            "he is back",
            "suicide",
            "call 911",
            "9-1-1",
            "please help",
            "someone is breaking in",
            "stop he is going to kill me",
            "I can't breathe",
        ],
    );
    emergency(true, &["ayúdame", "ayuda me", "emergencia", "tiene una pistola", "volvió", "me quiere matar"]);
    emergency(true, &["pab kuv", "nws muaj phom", "riam", "nws rov los lawm"]);
    emergency(true, &["i caawi", "wuxuu haystaa mindi", "degdeg", "wuu soo laabtay"]);
    emergency(
        false,
        &["help", "HELP please", "ayuda", "this is not an emergency", "report 26-911", "thanks", "STOP"],
    );
    assert_eq!(read("stop, he has a gun").stop, YES);
    assert_eq!(read("ayúdame").language, Some("es"));
}

#[test]
fn single_words_ask_for_help_a_start_or_a_language() {
    keyword(Some(Keyword::Help), &["HELP", "info", "Ayuda", "help?", "who is this?", "caawimaad"]);
    keyword(Some(Keyword::Start), &["START", "unstop", "Iniciar", "start please"]);
    keyword(Some(Keyword::Yes), &["YES", "Sí"]);
    keyword(Some(Keyword::Language("es")), &["ESPAÑOL", "espanol", "Español por favor", "Espan\u{303}ol"]);
    keyword(Some(Keyword::Language("hmn")), &["HMOOB", "hmong"]);
    keyword(Some(Keyword::Language("so")), &["Soomaali", "SOMALI"]);
    keyword(Some(Keyword::Language("en")), &["ENGLISH", "english please"]);
    keyword(
        None,
        &["yes he is back", "I can start on Monday morning", "my english teacher has the bike", "stop"],
    );
}

#[track_caller]
fn score(body: &str, expected: Option<(u8, bool)>) {
    let found = read(body).score.map(|score| (score.value, score.with_words));
    assert_eq!(found, expected, "{body}");
}

#[test]
fn scores_are_numbers_from_one_to_five() {
    score("5", Some((5, false)));
    score(" 1. ", Some((1, false)));
    score("5!", Some((5, false)));
    score("cinco", Some((5, false)));
    score("tsib", Some((5, false)));
    score("Shan", Some((5, false)));
    score("4 out of 5", Some((4, false)));
    score("3 stars thanks", Some((3, false)));
    score("2 nobody came", Some((2, true)));
    score("0", None);
    score("6", None);
    score("10", None);
    score("26-1234", None);
    score("one officer was rude to me", None);
    score("2 men with guns", None);
}

#[test]
fn a_case_is_named_however_it_is_spaced() {
    for body in ["STOP 26-1234", "stop 261234", "Stop, 26 1234", "stop case CR26-1234"] {
        let number = if body.contains("CR") { "CR26-1234" } else { "26-1234" };
        assert!(names(body, number), "{body}");
    }
    assert!(!names("STOP 26-12345", "26-1234"));
    assert!(!names("STOP", "26-1234"));
}

fn at(minutes: i64) -> Timestamp {
    "2026-07-07T12:00:00-05:00".parse::<Timestamp>().expect("an instant") + SignedDuration::from_mins(minutes)
}

fn sent(kind: Kind, subject: &str, minutes: i64) -> Latest {
    Latest { kind, subject: subject.into(), sent_at: at(minutes), language: None }
}

fn survey() -> SurveyAsked {
    SurveyAsked {
        sent_at: at(0),
        call_type: "LARCENY".into(),
        language: "en".into(),
        scored_at: None,
        commented: false,
    }
}

/// A number with what went to it, and the texts it sends, one after the other, in minutes.
#[derive(Default)]
struct Phone {
    contact: ContactState,
    latest: Option<Latest>,
    survey: Option<SurveyAsked>,
    talk: Talk,
    case: Option<&'static str>,
    keeps_case_news: bool,
}

impl Phone {
    fn texts(&mut self, minutes: i64, body: &str) -> Decided {
        let decided = decide(&Heard {
            reading: &read(body),
            reply: "REPLY#1",
            contact: &self.contact,
            latest: self.latest.as_ref(),
            survey: self.survey.as_ref(),
            talk: &self.talk,
            named_case: self.case,
            stop_keeps_case_news: self.keeps_case_news,
            received: at(minutes),
        });
        self.contact = decided.contact.clone().unwrap_or(self.contact.clone());
        self.talk = decided.talk.clone().unwrap_or(self.talk.clone());
        self.survey = decided.survey.clone().map(|(asked, _)| asked).or(self.survey.take());
        decided
    }

    #[track_caller]
    fn hears(&mut self, minutes: i64, body: &str, meaning: Meaning, answers: &[Answer], needs: &[TaskKind]) {
        let decided = self.texts(minutes, body);
        let found: Vec<TaskKind> = decided.needs.iter().map(|need| need.kind).collect();
        assert_eq!((decided.meaning, &decided.answers[..], &found[..]), (meaning, answers, needs), "{body}");
    }
}

#[test]
fn one_confirmation_of_a_stop_and_then_silence() {
    let mut phone = Phone { latest: Some(sent(Kind::CaseClosed, "CASE#26-1", 0)), ..Phone::default() };
    phone.hears(1, "STOP", Meaning::Stop, &[Answer::Stopped], &[]);
    phone.hears(2, "STOP", Meaning::Stop, &[], &[]);
    phone.hears(3, "did you hear me", Meaning::CaseReply, &[], &[TaskKind::CaseReply]);
    phone.hears(4, "HELP", Meaning::Help, &[Answer::Help], &[]);
    phone.hears(5, "yes", Meaning::Start, &[Answer::Started], &[]);
    phone.hears(6, "yes", Meaning::CaseReply, &[Answer::PassedOn], &[TaskKind::CaseReply]);
}

#[test]
fn an_emergency_is_answered_whatever_else_holds() {
    let mut phone = Phone { latest: Some(sent(Kind::CaseClosed, "CASE#26-1", 0)), ..Phone::default() };
    let both = [Answer::NotMonitored, Answer::Stopped];
    phone.hears(1, "stop he is back", Meaning::Emergency, &both, &[TaskKind::EmergencyReply]);
    let tasks = [TaskKind::EmergencyReply, TaskKind::CaseReply];
    phone.hears(2, "he has a gun", Meaning::Emergency, &[Answer::NotMonitored], &tasks);
    assert_eq!(phone.contact.opt_outs.len(), 1);
    phone.contact = phone.contact.latched(at(9999)).unwrap();
    phone.hears(3, "he has a gun", Meaning::Emergency, &[Answer::NotMonitored], &tasks);
}

#[test]
fn a_reply_to_news_of_a_case_is_passed_on_and_said_so_once_a_day() {
    let mut phone = Phone { latest: Some(sent(Kind::ContactRequested, "CASE#26-1", 0)), ..Phone::default() };
    phone.hears(1, "I am home after 5", Meaning::CaseReply, &[Answer::PassedOn], &[TaskKind::CaseReply]);
    phone.hears(2, "or tomorrow", Meaning::CaseReply, &[], &[TaskKind::CaseReply]);
    phone.hears(1500, "hello?", Meaning::CaseReply, &[Answer::PassedOn], &[TaskKind::CaseReply]);
}

#[test]
fn other_texts_are_told_once_a_day_that_nobody_reads_them() {
    let mut phone = Phone { latest: Some(sent(Kind::CallReceived, "INC#26-1", 0)), ..Phone::default() };
    phone.hears(1, "ok thanks", Meaning::Other, &[], &[]);
    phone.hears(2, "he wears a red coat", Meaning::Other, &[Answer::NotMonitored], &[]);
    phone.hears(3, "and a hat", Meaning::Other, &[], &[]);
    let revocation = [TaskKind::PossibleRevocation];
    phone.hears(1500, "your texts are spam", Meaning::PossibleStop, &[Answer::Help], &revocation);
}

#[test]
fn a_survey_is_answered_in_the_conversation() {
    let latest = Some(sent(Kind::Survey, "INC#26-1", 0));
    let mut phone = Phone { latest, survey: Some(survey()), ..Phone::default() };
    phone.hears(5, "cinco", Meaning::SurveyScore, &[Answer::SurveyScored], &[]);
    phone.hears(6, "4", Meaning::SurveyScore, &[], &[]);
    phone.hears(7, "the officer was kind", Meaning::SurveyComment, &[Answer::SurveyThanks], &[]);
    phone.hears(8, "very kind indeed", Meaning::Other, &[Answer::NotMonitored], &[]);
}

#[test]
fn a_survey_waits_a_week_for_its_score_and_a_day_for_its_comment() {
    let latest = Some(sent(Kind::Survey, "INC#26-1", 0));
    let fresh = || Phone { latest: latest.clone(), survey: Some(survey()), ..Phone::default() };
    let week = 7 * 24 * 60;
    fresh().hears(week, "5", Meaning::SurveyScore, &[Answer::SurveyScored], &[]);
    fresh().hears(week + 1, "5", Meaning::Other, &[Answer::NotMonitored], &[]);
    let mut late = fresh();
    late.hears(0, "5 thanks", Meaning::SurveyScore, &[Answer::SurveyScored], &[]);
    late.hears(24 * 60 + 1, "kind people", Meaning::Other, &[Answer::NotMonitored], &[]);
    fresh().hears(1, "1 nobody came at all", Meaning::SurveyScore, &[Answer::SurveyThanks], &[]);
}

#[test]
fn stop_reaches_as_far_as_it_says() {
    let latest = Some(sent(Kind::Survey, "INC#26-1", 0));
    let scope = |phone: &Phone| phone.contact.opt_outs.last().map(|opt_out| opt_out.scope.clone());
    let mut shipped = Phone { latest: latest.clone(), ..Phone::default() };
    shipped.hears(1, "STOP", Meaning::Stop, &[Answer::Stopped], &[]);
    assert_eq!(scope(&shipped), Some(Scope::All));

    let mut kept = Phone { latest: latest.clone(), keeps_case_news: true, ..Phone::default() };
    kept.hears(1, "STOP", Meaning::Stop, &[Answer::StoppedPart], &[]);
    assert_eq!(scope(&kept), Some(Scope::Class(Class::Survey)));
    kept.hears(2, "STOP", Meaning::Stop, &[Answer::Stopped], &[]);
    assert_eq!(scope(&kept), Some(Scope::All));

    let mut all = Phone { latest, keeps_case_news: true, ..Phone::default() };
    all.hears(1, "stop all", Meaning::Stop, &[Answer::Stopped], &[]);
    let mut case = Phone { case: Some("26-1234"), ..Phone::default() };
    case.hears(1, "STOP 26-1234", Meaning::Stop, &[Answer::StoppedPart], &[]);
    assert_eq!(scope(&case), Some(Scope::Case("26-1234".into())));
}

#[test]
fn start_lifts_opt_outs_alone_and_none_that_came_later() {
    let mut phone = Phone { contact: ContactState::default().latched(at(9999)).unwrap(), ..Phone::default() };
    phone.hears(5, "STOP", Meaning::Stop, &[Answer::Stopped], &[]);
    // A START sent before the STOP and handled after it.
    phone.hears(4, "START", Meaning::Start, &[], &[]);
    assert_eq!(phone.contact.opt_outs.len(), 1);
    phone.hears(6, "START", Meaning::Start, &[Answer::Started], &[]);
    assert!(phone.contact.opt_outs.is_empty() && phone.contact.is_latched(at(7)));
}

#[test]
fn a_language_is_kept_and_answered_unless_silence_is_wanted() {
    let mut phone = Phone::default();
    phone.hears(1, "HMOOB", Meaning::Language, &[Answer::LanguageSet], &[]);
    assert_eq!(phone.contact.language.as_deref(), Some("hmn"));
    phone.hears(2, "STOP", Meaning::Stop, &[Answer::Stopped], &[]);
    phone.hears(3, "ESPAÑOL", Meaning::Language, &[], &[]);
    assert_eq!(phone.contact.language.as_deref(), Some("es"));
}

#[test]
fn an_answering_machine_is_not_talked_with_for_ever() {
    let mut phone = Phone::default();
    let machine = "We are closed. In an emergency call 911.";
    let answers: usize = (0..59).map(|minute| phone.texts(minute, machine).answers.len()).sum();
    assert_eq!(answers, 10);
    phone.hears(59, machine, Meaning::Emergency, &[], &[TaskKind::EmergencyReply]);
    phone.hears(59, "STOP", Meaning::Stop, &[Answer::Stopped], &[]);
    phone.hears(60, machine, Meaning::Emergency, &[Answer::NotMonitored], &[TaskKind::EmergencyReply]);
}
