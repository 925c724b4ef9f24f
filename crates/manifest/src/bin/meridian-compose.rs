//! Writes the composed files that a manifest names:
//! `meridian-compose path/to/spin.toml`.

use std::{
    io::{Write as _, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
};

fn main() -> ExitCode {
    let manifest = std::env::args_os().nth(1).map_or_else(|| "spin.toml".into(), PathBuf::from);
    // A closed pipe changes nothing about what was written.
    match meridian_manifest::write_composed(&manifest) {
        Ok(files) => {
            for file in files {
                let _ = writeln!(stdout(), "{}", file.display());
            }
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in problems {
                let _ = writeln!(stderr(), "{}: {problem}", manifest.display());
            }
            ExitCode::FAILURE
        }
    }
}
