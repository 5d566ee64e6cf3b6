//! The words and phrases, by language, without accents and apostrophes as `tokens` leaves them.
//!
//! English: the FCC's seven words, those of the providers, and what people write. The others were gathered from
//! dictionaries and the providers' lists and need a speaker's eye, like every translation that is shipped.

/// Words or phrases, with bars between them.
pub(super) type List = &'static str;
/// Lists by ISO 639 code.
pub(super) type Lists = &'static [(&'static str, List)];

/// The words or phrases of a list.
pub(super) fn each(list: List) -> impl Iterator<Item = &'static str> {
    list.split('|')
}

/// Whether `word` is one of a list.
pub(super) fn holds(list: List, word: &str) -> bool {
    each(list).any(|one| one == word)
}

/// The code, where it is not English.
pub(super) fn other(language: &'static str) -> Option<&'static str> {
    Some(language).filter(|language| *language != "en")
}

/// All phrases of all languages.
pub(super) fn flat(lists: Lists) -> impl Iterator<Item = &'static str> {
    lists.iter().flat_map(|(_, list)| each(list))
}

/// The language of the first list with a word or phrase that is `found`.
pub(super) fn language_of(lists: Lists, found: impl Fn(&'static str) -> bool) -> Option<&'static str> {
    lists.iter().find(|(_, list)| each(list).any(&found)).map(|(language, _)| *language)
}

/// Said before or beside the word that matters.
pub(super) const COURTESIES: List =
    "please|pls|plz|hi|hello|hey|ok|okay|just|por|favor|hola|thov|nyob|zoo|fadlan|salaan";

/// Stop, whatever follows: the first word of a text, as the providers read it too.
pub(super) const STOP_ALWAYS: Lists = &[
    ("en", "stop|stopall|stopp|unsubscribe|unsubscribed|optout|revoke|arret"),
    ("es", "parar|paren|detenganse|desuscribir|desuscribirme|desuscribanme|revoco"),
    ("hmn", "tsum|nres"),
    ("so", "jooji|joojiya|joogso"),
];

/// Stop, where nothing else of weight is said beside it; else perhaps.
pub(super) const STOP_ALONE: Lists = &[
    ("en", "quit|end|cancel|remove|td|enough"),
    (
        "es",
        "para|pare|alto|cancelar|cancele|cancelen|cancela|detener|detenga|detengan|baja|fin|salir|terminar|basta|\
     quitar|remover|eliminar|borrar|revocar",
    ),
    ("hmn", "xaus|tshem|thim|tseg"),
    ("so", "baaji|baajiya|dhammee|iska|kansal"),
];

/// Stop, as the whole text.
pub(super) const STOP_WHOLE: Lists = &[
    ("en", "no more|no thanks|no thank you|go away"),
    ("es", "no mas|ya no|ya no mas|no gracias|dejen de molestar"),
    ("hmn", "tsis kam|txaus lawm"),
    ("so", "ma rabo|waa igu filan"),
];

/// What may stand beside such a word.
pub(super) const FILLERS: List = "please|pls|plz|thanks|thank|you|now|it|this|that|all|any|more|everything|text|texts|texting|message|\
     messages|messaging|msg|msgs|sms|alerts|notifications|updates|subscription|these|the|to|me|my|number|\
     phone|from|list|immediately|already|hi|hello|hey|ok|okay|just|por|favor|gracias|ya|ahora|todo|todos|los|\
     las|mensaje|mensajes|texto|textos|hola|thov|tag|nrho|fadlan|fariimaha|dhammaan";

/// Behind STOP these aim it at somebody or something else; a person looks.
pub(super) const AFTER_OTHER_STOPS: List = "by|him|her|them|that|those|sign|light|lights|at|a|an|and|in|on";

/// Stops that have nothing to do with texts.
pub(super) const OTHER_STOPS: List =
    "bus stop|stop sign|stop signs|stop light|stop lights|traffic stop|truck stop|rest stop";

/// The text says that it means all of it.
pub(super) const EVERYTHING: List = "all|stopall|everything|todo|todos|todas|nrho|dhammaan";

/// Sentences that ask for no more texts, wherever they stand.
pub(super) const STOP_PHRASES: Lists = &[
    (
        "en",
        "opt out|opt me out|opting out|opted out|unsubscribe|optout|stopall|stop all|stop texting|stop texts|\
     stop the text|stop the texts|stop these|stop sending|stop messaging|stop messages|stop the messages|\
     stop contacting|stop bothering|please stop|quit texting|quit messaging|quit sending|quit bothering|\
     do not text me|do not text this|do not text again|do not text anymore|dont text me|dont text this|\
     dont text again|dont text anymore|dont you text me|do not contact me|dont contact me|do not message me|\
     dont message me|do not send me|dont send me|do not send any|dont send any|never text me|\
     never contact me|no more text|no more texts|no more texting|no more messages|no more sms|no more alerts|\
     no more updates|no texts please|no messages please|leave me alone|take me off|take my number off|\
     take this number off|remove me|remove my number|remove this number|delete my number|lose my number|\
     cancel texts|cancel my texts|cancel messages|cancel these|end texts|end these|i revoke|revoke my|\
     withdraw my consent|i do not consent|i dont consent|dont want texts|dont want these|dont want any|\
     do not want texts|do not want these|do not want any|dont want to get|dont want to receive|\
     do not want to get|do not want to receive|dont want your|do not want your|no longer want|\
     not interested in texts",
    ),
    (
        "es",
        "darme de baja|dar de baja|denme de baja|dame de baja|deme de baja|no mas mensajes|no mas textos|\
     dejen de enviar|dejen de mandar|dejen de escribir|dejen de textear|dejen de contactar|dejen de molestar|\
     deje de enviar|deje de mandar|deje de escribir|deje de textear|deje de contactar|deje de molestar|\
     parar los|paren los|parar todos|cancelar mensajes|cancelar los|cancelar todos|no me envien|no me envie|\
     no me manden|no me mande|no me escriban|no me escriba|no me texteen|no me textee|no me contacten|\
     no me contacte|no envien|no manden|no quiero mas|no quiero mensajes|no quiero textos|no quiero recibir|\
     no quiero que me|ya no quiero|quitenme|quiteme|quitame|quiten mi|quitar mi|borrenme|borren mi|borrar mi|\
     eliminen mi|saquenme|saqueme|revoco mi|retiro mi consentimiento|no doy mi consentimiento|dejenme en paz|\
     dejeme en paz",
    ),
    (
        "hmn",
        "txhob xa|tsis txhob xa|tsis xav tau|tsis xav txais|tsum xa|tsum tsis|txhob text|txhob sau ntawv|\
     tso tseg|muab kuv tshem|tshem kuv|tshem tawm|txhob tiv tauj",
    ),
    (
        "so",
        "jooji fariimaha|joojiya fariimaha|jooji qoraalka|ha ii soo dirin|ha i soo dirin|ha ii soo dirina|\
     ha i soo dirina|fariin ha ii|fariimo ma rabo|ma rabo fariimo|ma rabo fariin|ma doonayo fariimo|iga saar|\
     iga saara|iga tir|iga daa|iga daaya|ha ila soo xiriirin",
    ),
];

/// Sentences that ask for the opposite.
pub(super) const KEEP_GOING: Lists = &[
    (
        "en",
        "dont stop|do not stop|dont ever stop|never stop|dont you stop|not stop|didnt say stop|did not say stop|\
     didnt want to stop|did not want to stop|dont want to stop|do not want to stop|dont want you to stop|\
     do not want you to stop|dont want it to stop|dont want them to stop|why did you stop|why did they stop|\
     dont unsubscribe|do not unsubscribe|dont opt me out|do not opt me out|dont want to opt out|\
     do not want to opt out|didnt opt out|did not opt out|dont remove me|do not remove me|dont take me off|\
     do not take me off|dont cancel|do not cancel|dont end|dont quit|do not quit",
    ),
    (
        "es",
        "no paren|no pare|no pares|no parar|no dejen de|no deje de|no dejes de|no detengan|no cancelen|\
     no cancele|no me quiten|no me quite|no me den de baja|no quiero que paren|no quiero que dejen de|\
     no quiero parar|no quiero darme de baja|nunca paren",
    ),
    ("hmn", "tsis txhob tsum|txhob tsum|tsis txhob nres|txhob nres|txhob tshem kuv"),
    ("so", "ha joojin|ha joojinina|ha joojinin|ha iga saarin"),
];

/// The thing that may be unwanted.
pub(super) const MESSAGES: List = "text|texts|texting|texted|message|messages|messaging|msg|msgs|sms|alerts|notifications|spam|mensaje|\
     mensajes|texto|textos|ntawv|xov|fariin|fariimo|fariimaha|qoraal";

/// Beside such a thing these make it likely.
pub(super) const UNWILLING: List = "unwanted|annoying|harassing|harassment|spam|spamming|bothering|lawyer|attorney|sue|consent|permission|\
     blocking|blocked|illegal|molestan|molestando|acoso|harto|harta";

/// The same as phrases.
pub(super) const UNWILLING_PHRASES: List = "dont want|do not want|dont need|do not need|dont like|do not like|no need|not want|tired of|sick of|\
     didnt ask|did not ask|never asked|never signed|didnt sign|no quiero|no necesito|no pedi|tsis xav|\
     ma rabo|ma doonayo";

/// Perhaps, even where no text is mentioned: somebody else may have the number now.
pub(super) const PERHAPS_PHRASES: List = "wrong number|wrong person|not my number|no mas|dejen de|deje de|numero equivocado|persona equivocada|\
     tsis yog kuv|lambar khaldan";

/// Lift the opt-outs.
pub(super) const START: Lists = &[
    ("en", "start|unstop|resume"),
    ("es", "iniciar|comenzar|reanudar|empezar"),
    ("hmn", "pib"),
    ("so", "bilow|bilaab"),
];

/// The same, where an opt-out stands.
pub(super) const YES: Lists = &[("en", "yes"), ("es", "si"), ("hmn", "yog"), ("so", "haa")];

/// Who is this?
pub(super) const HELP: Lists =
    &[("en", "help|info"), ("es", "ayuda|informacion"), ("hmn", "pab"), ("so", "caawi|caawimaad|caawimo")];

/// The same as a question.
pub(super) const WHO_IS_THIS: List = "who is this|whos this|quien es|leej twg|waa kuma";

/// Texts in this language.
pub(super) const LANGUAGE_WORDS: &[(&str, &str)] = &[
    ("espanol", "es"),
    ("spanish", "es"),
    ("hmoob", "hmn"),
    ("hmong", "hmn"),
    ("soomaali", "so"),
    ("soomaaliga", "so"),
    ("somali", "so"),
    ("english", "en"),
    ("ingles", "en"),
];

/// Sounds like an emergency, wherever it stands.
pub(super) const EMERGENCY: Lists = &[
    (
        "en",
        "help me|help us|need help|send help|please help|get help|911|9-1-1|emergency|knife|gun|guns|weapon|\
     weapons|rifle|machete|shot|shots|shooting|shooter|stabbed|stabbing|bleeding|he is back|hes back|\
     she is back|shes back|they are back|theyre back|he came back|she came back|they came back|he is here|\
     hes here|she is here|shes here|they are here|theyre here|he is outside|hes outside|someone is outside|\
     somebody is outside|at my door|in my house|breaking in|broke in|break in|kicking|following me|\
     followed me|chasing me|threatening|going to hurt|gonna hurt|hurting me|hurt me|hit me|hitting|beating|\
     choking|strangling|attacked|attacking|attack|kill|killed|killing|going to die|gonna die|want to die|\
     dying|suicide|suicidal|kill myself|end my life|end it all|hang myself|overdose|cant breathe|\
     cannot breathe|not breathing|unconscious|ambulance|on fire|kidnapped|kidnap|raped|rape|send police|\
     send the police|send officers|call the police|need police|need the police|come quick|hurry",
    ),
    (
        "es",
        "ayuda me|ayudame|ayudeme|ayudenme|ayudenos|ayudennos|necesito ayuda|necesitamos ayuda|auxilio|socorro|\
     emergencia|cuchillo|navaja|pistola|arma|armas|machete|disparo|disparos|disparando|balazo|balazos|sangre|\
     sangrando|apunalo|ha vuelto|volvio|regreso|esta aqui|esta afuera|ya llego|me sigue|me esta siguiendo|\
     me persigue|me amenaza|amenazando|me pega|me esta pegando|me golpea|golpeando|me ataca|atacando|matar|\
     matarme|mato|me muero|quiero morir|quiero morirme|suicidio|suicidarme|quitarme la vida|\
     no puedo respirar|no respira|ambulancia|incendio|secuestro|secuestraron|violaron|manden policia|\
     llamen a la policia|necesito policia",
    ),
    (
        "hmn",
        "pab kuv|pab peb|cawm kuv|cawm peb|riam|phom|rab phom|tua kuv|tua neeg|yuav tua|tua tus kheej|tua yus|\
     txo txoj sia|nws rov los|nws rov qab los|nws nyob ntawm no|nws nyob sab nraud|ntaus kuv|los ntshav|\
     ntshav|xwm txheej ceev|xwm ceev|hu tub ceev xwm|ua pa tsis tau|hluav taws kub|tsav ceev",
    ),
    (
        "so",
        "i caawi|i caawiya|na caawi|na caawiya|gargaar|gurmad|degdeg|deg deg|mindi|middi|qori|bastoolad|\
     bistoolad|hub|wuu soo laabtay|way soo laabatay|wuu soo noqday|waa soo noqday|wuu joogaa|way joogtaa|\
     i dilaya|dilaya|i dili|waa la dilay|isdil|is dil|is dilayaa|dhiig|i garaacaya|i weeraray|rasaas|\
     ambalaas|boliiska u yeer|neefsan karin|dab ayaa",
    ),
];

/// Says that it is none.
pub(super) const NO_EMERGENCY: List = "not an emergency|no emergency|isnt an emergency|is not an emergency|non emergency|no es una emergencia|\
     no es emergencia|tsis yog xwm txheej ceev|ma aha degdeg";

/// Number words, for a survey.
pub(super) const NUMBERS: &[(&str, u8)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("uno", 1),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("ib", 1),
    ("ob", 2),
    ("peb", 3),
    ("plaub", 4),
    ("tsib", 5),
    ("hal", 1),
    ("kow", 1),
    ("laba", 2),
    ("saddex", 3),
    ("afar", 4),
    ("shan", 5),
];

/// What may stand beside a score without being a comment.
pub(super) const BESIDE_A_SCORE: List = "1|2|3|4|5|one|two|three|four|five|uno|dos|tres|cuatro|cinco|ib|ob|peb|plaub|tsib|hal|kow|laba|saddex|\
     afar|shan|out|of|star|stars|please|thanks|thank|you|estrellas|gracias|de";

/// Thanks and the like.
pub(super) const POLITE: List = "thanks|thank|you|thankyou|thx|ty|ok|okay|k|kk|great|good|got|it|cool|perfect|so|much|very|appreciate|\
     appreciated|will|do|sounds|alright|fine|sir|officer|officers|all|right|gracias|muchas|bien|bueno|vale|\
     ua|tsaug|ntau|os|mahadsanid|waad|aad|u|hagaag|for|the|help|your";
