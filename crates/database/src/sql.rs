//! As much of SQL as must be told apart without the engine.

/// The first word of a statement, after white space and comments.
pub(crate) fn first_word(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        rest = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, after)| after)
        } else {
            break;
        }
        .trim_start();
    }
    rest.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default()
}

/// Whether a statement only reads, told from its first word. `false` may be a
/// statement that reads all the same (`WITH … SELECT`): it then runs on the writer.
pub(crate) fn is_select(sql: &str) -> bool {
    first_word(sql).eq_ignore_ascii_case("select")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_stands_behind_comments() {
        assert_eq!(first_word("  -- why\n /* and */ SELECT 1"), "SELECT");
        assert_eq!(first_word("select(1)"), "select");
        assert_eq!(first_word("-- nothing"), "");
        assert_eq!(first_word("/* open"), "");
        assert_eq!(first_word(""), "");
    }

    #[test]
    fn only_a_plain_select_is_one() {
        assert!(is_select("\tselect 1"));
        assert!(!is_select("WITH x AS (SELECT 1) DELETE FROM t"));
        assert!(!is_select("selection"));
    }
}
