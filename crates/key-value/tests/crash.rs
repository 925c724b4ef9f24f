//! A killed process loses nothing that was acknowledged.

#![cfg(test)]

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use meridian_key_value::KeyValue;

const FOLDER: &str = "KEY_VALUE_CRASH_FOLDER";

/// Run by the test below in a process of its own; by itself it does nothing.
#[test]
fn writer() {
    let Ok(folder) = env::var(FOLDER) else { return };
    let store = KeyValue::open(Path::new(&folder)).unwrap().store("default").unwrap();
    for n in 0_u64.. {
        store.set(&format!("k{n}"), &n.to_le_bytes()).unwrap();
        println!("wrote {n}");
    }
}

#[test]
fn what_was_written_before_a_kill_is_there_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["writer", "--exact", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = 0_u64;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((_, number)) = line.split_once("wrote ") else { continue };
        acknowledged = number.parse().unwrap();
        if acknowledged >= 5000 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let store = KeyValue::open(folder.path()).unwrap().store("default").unwrap();
    for n in 0..=acknowledged {
        assert_eq!(store.get(&format!("k{n}")).unwrap(), Some(n.to_le_bytes().to_vec()));
    }
}
