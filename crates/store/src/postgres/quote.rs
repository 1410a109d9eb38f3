/// A name as it is written in SQL, whatever is in it.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as it is written in SQL, whatever is in it and however the server reads backslashes.
pub fn literal(text: &str) -> String {
    if text.contains('\\') {
        let text = text.replace('\\', "\\\\").replace('\'', "''");
        format!(" E'{text}'")
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_quote_ends_a_name_or_a_text() {
        assert_eq!(identifier(r#"a"b"#), r#""a""b""#);
        assert_eq!(literal("O'Hara"), "'O''Hara'");
        assert_eq!(literal(r"\'; drop"), r" E'\\''; drop'");
    }
}
