//! A booking as a calendar entry, for whatever calendar people keep (RFC 5545).
//!
//! Names, titles and notes are other people's texts: nothing in them may end a line
//! or a value.

use meridian_kernel::Instant;

/// Octets of a line, its end not counted.
const LONGEST_LINE: usize = 75;

/// Who wrote the file.
const PRODUCT: &str = "-//Meridian//Bookings//EN";

/// What a calendar shall do with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarMethod {
    /// Keep it, in place of what it had under the same uid.
    Request,
    /// Take it away.
    Cancel,
}

/// Whether it takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarStatus {
    /// It does.
    Confirmed,
    /// It may.
    Tentative,
    /// It does not.
    Cancelled,
}

/// Somebody of a calendar entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarPerson<'a> {
    /// Possibly empty.
    pub name: &'a str,
    /// The address.
    pub email: &'a str,
}

/// A calendar entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry<'a> {
    /// What the calendar shall do.
    pub method: CalendarMethod,
    /// The same for as long as the booking lives.
    pub uid: &'a str,
    /// Grows with every change.
    pub sequence: u32,
    /// Whether it takes place.
    pub status: CalendarStatus,
    /// When it starts.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// When it was made.
    pub created: Instant,
    /// When it was last changed.
    pub changed: Instant,
    /// What it is called.
    pub title: &'a str,
    /// Possibly empty.
    pub description: &'a str,
    /// Possibly empty.
    pub location: &'a str,
    /// Who invites.
    pub organizer: CalendarPerson<'a>,
    /// Who is invited.
    pub attendees: Vec<CalendarPerson<'a>>,
}

impl CalendarEntry<'_> {
    /// The whole file.
    pub fn to_ics(&self) -> String {
        let method = match self.method {
            CalendarMethod::Request => "REQUEST",
            CalendarMethod::Cancel => "CANCEL",
        };
        let mut file = File::default();
        file.line("BEGIN:VCALENDAR");
        file.line("VERSION:2.0");
        file.line(&format!("PRODID:{PRODUCT}"));
        file.line("CALSCALE:GREGORIAN");
        file.line(&format!("METHOD:{method}"));
        self.write_event(&mut file);
        file.line("END:VCALENDAR");
        file.0
    }

    fn write_event(&self, file: &mut File) {
        let (status, answer) = match self.status {
            CalendarStatus::Confirmed => ("CONFIRMED", "ACCEPTED"),
            CalendarStatus::Tentative => ("TENTATIVE", "NEEDS-ACTION"),
            CalendarStatus::Cancelled => ("CANCELLED", "DECLINED"),
        };
        file.line("BEGIN:VEVENT");
        file.text("UID", self.uid);
        file.line(&format!("SEQUENCE:{}", self.sequence));
        file.line(&format!("DTSTAMP:{}", time(self.changed)));
        file.line(&format!("CREATED:{}", time(self.created)));
        file.line(&format!("LAST-MODIFIED:{}", time(self.changed)));
        file.line(&format!("DTSTART:{}", time(self.start)));
        file.line(&format!("DTEND:{}", time(self.end)));
        file.text("SUMMARY", self.title);
        for (name, text) in [("DESCRIPTION", self.description), ("LOCATION", self.location)] {
            if !text.is_empty() {
                file.text(name, text);
            }
        }
        file.line(&format!("STATUS:{status}"));
        file.person("ORGANIZER", self.organizer, "");
        for attendee in &self.attendees {
            let place = format!(";ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=TRUE");
            file.person("ATTENDEE", *attendee, &place);
        }
        file.line("END:VEVENT");
    }
}

/// `20500905T070000Z`
fn time(instant: Instant) -> String {
    let iso = instant.to_iso();
    let whole = iso.split('.').next().unwrap_or_default();
    let digits: String = whole.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{digits}Z")
}

/// Content lines.
#[derive(Debug, Default)]
struct File(String);

impl File {
    /// One line, folded where it is too long; a character is never parted.
    fn line(&mut self, content: &str) {
        let mut octets = 0;
        for letter in content.chars() {
            if octets + letter.len_utf8() > LONGEST_LINE {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escaped(value)));
    }

    fn person(&mut self, role: &str, person: CalendarPerson<'_>, parameters: &str) {
        let name = match person.name {
            "" => String::new(),
            name => format!(";CN=\"{}\"", quoted(name)),
        };
        let email: String = person.email.chars().filter(|c| !c.is_control()).collect();
        self.line(&format!("{role}{name}{parameters}:mailto:{email}"));
    }
}

/// A value of type TEXT.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' | ';' | ',' => text.extend(['\\', letter]),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\n' => text.push_str("\\n"),
            '\t' => text.push(letter),
            _ if letter.is_control() => {}
            _ => text.push(letter),
        }
    }
    text
}

/// A quoted parameter value, in which a quote is written as RFC 6868 has it.
fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '^' => text.push_str("^^"),
            '"' => text.push_str("^'"),
            '\n' => text.push_str("^n"),
            _ if letter.is_control() => {}
            _ => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> CalendarEntry<'static> {
        let at = |text| Instant::parse(text).unwrap();
        CalendarEntry {
            method: CalendarMethod::Request,
            uid: "uid@meridian.invalid",
            sequence: 2,
            status: CalendarStatus::Confirmed,
            start: at("2050-09-05T07:00:00.000Z"),
            end: at("2050-09-05T07:30:00.000Z"),
            created: at("2050-09-01T08:09:10.111Z"),
            changed: at("2050-09-02T08:09:10.111Z"),
            title: "Intro between Ada and Grace",
            description: "",
            location: "https://meet.x.org",
            organizer: CalendarPerson { name: "Ada", email: "ada@x.org" },
            attendees: vec![CalendarPerson { name: "", email: "grace@x.org" }],
        }
    }

    /// The lines as a calendar reads them.
    fn unfolded(ics: &str) -> Vec<String> {
        ics.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_entry_says_what_calendars_need() {
        let expected = "BEGIN:VCALENDAR|VERSION:2.0|PRODID:-//Meridian//Bookings//EN|\
            CALSCALE:GREGORIAN|METHOD:REQUEST|BEGIN:VEVENT|UID:uid@meridian.invalid|SEQUENCE:2|\
            DTSTAMP:20500902T080910Z|CREATED:20500901T080910Z|LAST-MODIFIED:20500902T080910Z|\
            DTSTART:20500905T070000Z|DTEND:20500905T073000Z|SUMMARY:Intro between Ada and Grace|\
            LOCATION:https://meet.x.org|STATUS:CONFIRMED|ORGANIZER;CN=\"Ada\":mailto:ada@x.org|\
            ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:grace@x.org|\
            END:VEVENT|END:VCALENDAR";
        assert_eq!(unfolded(&entry().to_ics()).join("|"), expected);
    }

    #[test]
    fn what_does_not_take_place_is_taken_away() {
        let entry = CalendarEntry {
            method: CalendarMethod::Cancel,
            status: CalendarStatus::Cancelled,
            ..entry()
        };
        let lines = unfolded(&entry.to_ics());
        for line in ["METHOD:CANCEL", "STATUS:CANCELLED"] {
            assert!(lines.iter().any(|one| one == line), "{lines:?}");
        }
    }

    #[test]
    fn no_text_ends_its_line_or_value() {
        let entry = CalendarEntry {
            title: "a;b,c\\d\r\nATTENDEE:mailto:x@y.z\rBEGIN:VEVENT\u{0}\u{7f}",
            organizer: CalendarPerson {
                name: "Ada \"the\r\nfirst\" ^:;,",
                email: "ada@x.org\r\nX:1",
            },
            ..entry()
        };
        let lines = unfolded(&entry.to_ics());
        let summary = "SUMMARY:a\\;b\\,c\\\\d\\nATTENDEE:mailto:x@y.z\\nBEGIN:VEVENT";
        assert!(lines.iter().any(|line| line == summary), "{lines:?}");
        let organizer = "ORGANIZER;CN=\"Ada ^'the^nfirst^' ^^:;,\":mailto:ada@x.orgX:1";
        assert!(lines.iter().any(|line| line == organizer), "{lines:?}");
        assert_eq!(lines.len(), unfolded(&super::tests::entry().to_ics()).len());
    }

    #[test]
    fn lines_are_folded_at_75_octets_and_characters_stay_whole() {
        for unit in ["x", "é", "会", "🦀", " ", "a会é🦀 "] {
            let title = unit.repeat(300);
            let entry = CalendarEntry { title: &title, description: &title, ..entry() };
            let ics = entry.to_ics();
            for line in ics.split_terminator("\r\n") {
                assert!(line.len() <= 75, "{} octets: {line}", line.len());
            }
            assert!(unfolded(&ics).contains(&format!("SUMMARY:{title}")));
        }
    }
}
