use std::borrow::Cow;

use super::*;
use crate::{Row, Statement};

/// Numbers that look random, the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % sides
    }

    fn value(&mut self) -> Value {
        let text = |dice: &mut Self| (0..dice.roll(40)).map(|_| 'é').collect::<String>();
        match self.roll(5) {
            0 => Value::Null,
            1 => Value::Integer(i64::MIN + i64::try_from(self.roll(1000)).unwrap()),
            2 => Value::Real(-0.5),
            3 => Value::Text(text(self)),
            _ => Value::Blob(text(self).into_bytes()),
        }
    }

    fn values(&mut self, most: u64) -> Vec<Value> {
        (0..self.roll(most)).map(|_| self.value()).collect()
    }

    fn statement(&mut self) -> Statement {
        Statement {
            sql: Cow::Owned("SELECT ?1 -- é".repeat(usize::try_from(self.roll(4)).unwrap())),
            arguments: self.values(12),
            want_rows: self.roll(2) == 0,
            require_affected: self.roll(2) == 0,
        }
    }
}

#[test]
fn every_batch_comes_back_as_it_went() {
    let mut dice = Dice(1);
    for _ in 0..500 {
        let batch: Vec<Statement> = (0..dice.roll(6)).map(|_| dice.statement()).collect();
        let packed = Statements::unpack(pack_batch(&batch)).unwrap();
        assert_eq!(packed.to_owned(), batch);
        assert_eq!((packed.len(), packed.is_empty()), (batch.len(), batch.is_empty()));
        let counts: Vec<usize> = packed.iter().map(|one| one.arguments().len()).collect();
        assert_eq!(counts, batch.iter().map(|one| one.arguments.len()).collect::<Vec<_>>());
    }
}

/// A packed answer, and what is in it: width, cells, rows changed.
fn answer(dice: &mut Dice) -> (Vec<u8>, Vec<(usize, Vec<Value>, u64)>) {
    let mut packer = AnswerPacker::default();
    let mut expected = Vec::new();
    for affected in 0..dice.roll(5) {
        let width = usize::try_from(1 + dice.roll(4)).unwrap();
        let mut cells = dice.values(20);
        cells.truncate(cells.len() / width * width);
        cells.iter().for_each(|cell| packer.push(cell.into()));
        packer.end_statement(width, affected, -7);
        expected.push((width, cells, affected));
    }
    (packer.finish(), expected)
}

#[test]
fn every_answer_comes_back_as_it_went() {
    let mut dice = Dice(2);
    for _ in 0..500 {
        let (packed, expected) = answer(&mut dice);
        let answers = unpack_answer(packed).unwrap();
        let shown = |rows: &Rows| (rows.width(), rows.values().collect(), rows.affected);
        assert_eq!(answers.iter().map(shown).collect::<Vec<_>>(), expected);
        for (rows, (width, cells, _)) in answers.iter().zip(&expected) {
            assert_eq!(rows.iter().len(), cells.len() / width);
            assert_eq!(rows.last_insert_rowid, -7);
            let by_row = rows.iter().flat_map(|row| (0..*width).map(move |it| row.value(it)));
            assert_eq!(by_row.collect::<Result<Vec<_>, _>>().unwrap(), *cells);
        }
    }
}

/// Reads everything there is to be read; only whether it panics matters.
fn read_all(bytes: &[u8]) {
    if let Ok(batch) = Statements::unpack(bytes.to_vec()) {
        assert_eq!(batch.iter().count(), batch.len(), "what was checked can be read");
        let _ = batch.to_owned();
    }
    for rows in unpack_answer(bytes.to_vec()).unwrap_or_default() {
        for row in rows.iter() {
            for column in 0..=rows.width() {
                let _ = (row.value(column), row.integer(column), row.optional(column, Row::text));
            }
        }
        let _ = rows.values().count();
    }
}

#[test]
fn a_part_of_a_batch_or_an_answer_is_an_error() {
    let mut dice = Dice(3);
    let batch: Vec<Statement> = (0..3).map(|_| dice.statement()).collect();
    let whole = pack_batch(&batch);
    let heap: usize = 5 + 3 * 13 + batch.iter().map(|one| one.arguments.len()).sum::<usize>() * 9;
    for length in 0..whole.len() {
        let outcome = Statements::unpack(whole[..length].to_vec());
        assert!(outcome.is_err(), "{length} of {}", whole.len());
        read_all(&whole[..length]);
    }
    assert!(heap < whole.len());
    let mut packer = AnswerPacker::default();
    ["a", "b"].map(Value::from).iter().for_each(|cell| packer.push(cell.into()));
    packer.end_statement(2, 0, 0);
    let whole = packer.finish();
    for length in 0..whole.len() - "ab".len() {
        assert!(unpack_answer(whole[..length].to_vec()).is_err(), "{length}");
    }
    // A cell whose text is cut off fails whoever reads it.
    let cut = unpack_answer(whole[..whole.len() - 1].to_vec()).unwrap();
    let row = cut[0].first().unwrap();
    assert_eq!(row.text(0), Ok("a"));
    assert!(row.text(1).is_err() && row.value(1).is_err());
    assert!(row.optional(1, Row::string).is_err(), "it is not taken for NULL");
}

#[test]
fn garbage_is_an_error_or_harmless_but_never_a_panic() {
    let mut dice = Dice(4);
    for round in 0..20_000 {
        let mut bytes = if round % 2 == 0 {
            answer(&mut dice).0
        } else {
            pack_batch(&(0..dice.roll(4)).map(|_| dice.statement()).collect::<Vec<_>>())
        };
        for _ in 0..=dice.roll(4) {
            let part = 1 + dice.roll(8);
            let place = dice.roll(bytes.len() as u64 / part + 1);
            if let Some(byte) = bytes.get_mut(usize::try_from(place).unwrap()) {
                *byte = u8::try_from(dice.roll(256)).unwrap();
            }
        }
        read_all(&bytes);
    }
    let claims_a_lot = [1, 255, 255, 255, 255];
    assert!(Statements::unpack(claims_a_lot.to_vec()).is_err());
    assert!(unpack_answer(claims_a_lot.to_vec()).is_err());
    let other_version = [2, 0, 0, 0, 0];
    assert!(Statements::unpack(other_version.to_vec()).is_err());
    assert!(unpack_answer(other_version.to_vec()).is_err());
}

#[test]
fn text_that_is_not_utf_8_is_refused_in_a_batch_and_by_the_mapper_of_an_answer() {
    let batch = [Statement::query("SELECT ?1", [Value::from("aéb")])];
    let mut bytes = pack_batch(&batch);
    let place = bytes.iter().position(|byte| *byte == 0xc3).unwrap();
    bytes[place] = 0xff;
    assert_eq!(Statements::unpack(bytes).unwrap_err(), Malformed);
    let mut packer = AnswerPacker::default();
    packer.push(Cell::Text(b"a\xffb"));
    packer.push(Cell::Text(b"good"));
    packer.end_statement(2, 0, 0);
    let answers = unpack_answer(packer.finish()).unwrap();
    let row = answers[0].first().unwrap();
    let wrong = row.text(0).unwrap_err();
    assert_eq!(wrong.to_string(), "column 0 of a stored row is not a text");
    assert!(row.value(0).is_err());
    assert_eq!(row.text(1), Ok("good"));
}
