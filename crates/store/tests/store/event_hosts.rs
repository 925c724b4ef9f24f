//! Event types of teams: who hosts them, the copies of managed ones, and that every
//! write decides all of it at once.

use meridian_database::Databases;
use meridian_kernel::{
    EventTypeId, Instant, OrganizationNumber, Patch, ScheduleId, SchedulingType, TeamId, UserId,
    WireId,
};
use meridian_store::event_hosts::{
    HostDraft, Strangers, Wanted, add_member_to_team_event_types,
    remove_member_from_team_event_types,
};
use meridian_store::event_types::{
    self, Draft, Found, OfTeams, Part, Source, TeamDraft, TeamWriteRefused, Whose, Written,
};
use meridian_store::{Scope, Statement, arguments};

use crate::support::{Home, leave, organization, team as make_team, user as make_user, write};

const NOW: Instant = Instant::from_millis(1_000);
const ALL: Part = Part { skip: 0, take: u32::MAX, newest_first: false };

/// Ada and Bob are members of a team, Cleo was only invited, Dan is not in it.
struct Stage<'a> {
    scope: Scope<'a, Databases>,
    team: TeamId,
    ada: UserId,
    bob: UserId,
    cleo: UserId,
    dan: UserId,
}

impl<'a> Stage<'a> {
    async fn new(home: &'a Home) -> Self {
        let scope = home.scope().await;
        let ada = make_user(&scope, "ada").await;
        let bob = make_user(&scope, "bob").await;
        let cleo = make_user(&scope, "cleo").await;
        let dan = make_user(&scope, "dan").await;
        let members = [(ada, true), (bob, true), (cleo, false)];
        let team = make_team(&scope, "team", &members).await;
        Self { scope, team, ada, bob, cleo, dan }
    }

    async fn create(
        &self,
        draft: &Draft,
        scheduling: SchedulingType,
        hosts: Wanted<'_>,
    ) -> Result<Written, TeamWriteRefused> {
        let wanted = self.wanted(draft, scheduling, hosts);
        event_types::create_for_team(&self.scope, self.team, &wanted, NOW).await
    }

    async fn update(
        &self,
        current: &Written,
        draft: &Draft,
        hosts: Wanted<'_>,
    ) -> Result<Written, TeamWriteRefused> {
        let row = &current.event_type.event_type;
        let event_types::Belongs::ToTeam { scheduling, .. } = row.belongs else { panic!() };
        let wanted = self.wanted(draft, scheduling, hosts);
        event_types::update_of_team(&self.scope, self.team, row, &wanted, NOW).await
    }

    fn wanted<'d>(
        &self,
        draft: &'d Draft,
        scheduling: SchedulingType,
        hosts: Wanted<'d>,
    ) -> TeamDraft<'d> {
        TeamDraft {
            draft,
            scheduling,
            assign_all: hosts == Wanted::Everybody,
            hosts,
            schedule: Patch::Absent,
            restriction: None,
            asker: self.ada,
        }
    }

    async fn accept(&self, user: UserId) {
        let accept = Statement::command(
            "UPDATE team_membership SET accepted = 1 WHERE team_id = ?1 AND user_id = ?2",
            arguments![self.team.row(), user.row()],
        );
        let hosts = add_member_to_team_event_types(self.team, user, NOW);
        self.scope.write([vec![accept], hosts].concat()).await.unwrap();
    }

    async fn remove(&self, user: UserId) {
        let remove = Statement::command(
            "DELETE FROM team_membership WHERE team_id = ?1 AND user_id = ?2",
            arguments![self.team.row(), user.row()],
        );
        let hosts = remove_member_from_team_event_types(self.team, user);
        self.scope.write([vec![remove], hosts].concat()).await.unwrap();
    }

    async fn find(&self, id: EventTypeId) -> event_types::TeamEventType {
        let found = event_types::find_of_team(&self.scope, self.team, id, Source::Replica);
        found.await.unwrap().unwrap()
    }

    async fn slugs_of(&self, user: UserId) -> Vec<String> {
        let own = event_types::list(&self.scope, Whose::Own(user)).await.unwrap();
        own.into_iter().map(|own| own.event_type.slug).collect()
    }
}

fn draft(slug: &str) -> Draft {
    Draft {
        slug: slug.to_owned(),
        title: slug.to_uppercase(),
        length_minutes: 30,
        hidden: false,
        slot_interval: None,
        minimum_booking_notice: 0,
        before_event_buffer: 5,
        after_event_buffer: 0,
        offset_start: 0,
        settings: "{}".to_owned(),
    }
}

fn host(user: UserId) -> HostDraft {
    HostDraft { user, is_fixed: false, priority: 2, weight: 100, group_id: None, schedule: None }
}

fn hosts(found: &event_types::TeamEventType) -> Vec<UserId> {
    found.hosts.iter().map(|host| host.user_id).collect()
}

async fn schedule(scope: &Scope<'_, Databases>, owner: UserId) -> ScheduleId {
    let sql = "INSERT INTO schedule (owner_id, name, time_zone, availability, overrides, \
               created_at, updated_at) VALUES (?1, 's', 'UTC', '[]', '[]', 0, 0)";
    let row = write(scope, Statement::command(sql, arguments![owner.row()])).await;
    ScheduleId::new(organization(), row)
}

use SchedulingType::{Collective, Managed, RoundRobin};

#[tokio::test]
async fn what_was_made_is_found_with_its_team_and_hosts_in_the_order_given() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let own = schedule(&stage.scope, stage.ada).await;
    let wanted = [
        HostDraft { is_fixed: true, priority: 4, ..host(stage.bob) },
        HostDraft {
            weight: 7,
            group_id: Some("sales".to_owned()),
            schedule: Some(own),
            ..host(stage.ada)
        },
    ];
    let made = stage.create(&draft("demo"), RoundRobin, Wanted::These(&wanted)).await.unwrap();
    assert!(made.copies.is_empty());
    let found = stage.find(made.event_type.event_type.id).await;
    assert_eq!(found, made.event_type);
    assert_eq!(hosts(&found), [stage.bob, stage.ada]);
    assert_eq!((found.hosts[0].is_fixed, found.hosts[0].priority), (true, 4));
    assert_eq!((found.hosts[1].weight, found.hosts[1].schedule_id), (7, Some(own)));
    assert_eq!(found.hosts[1].group_id.as_deref(), Some("sales"));
    assert_eq!(found.team.slug, "team");
    let by_slug = event_types::find_by_team_slug(&stage.scope, "TEAM", "Demo").await.unwrap();
    assert_eq!(by_slug.unwrap(), found);
    let any = event_types::find_any(&stage.scope, found.event_type.id).await.unwrap();
    assert_eq!(any, Some(Found::OfTeam(found)));
}

#[tokio::test]
async fn only_accepted_members_host_and_one_stranger_refuses_all() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let foreign = UserId::new(OrganizationNumber::new(9).unwrap(), stage.ada.row());
    let wanted = [host(stage.ada), host(stage.cleo), host(stage.dan), host(foreign)];
    for scheduling in [Collective, Managed] {
        let refused = stage.create(&draft("demo"), scheduling, Wanted::These(&wanted)).await;
        let strangers = Strangers {
            not_members: vec![stage.cleo, stage.dan, foreign],
            not_their_schedule: Vec::new(),
        };
        assert_eq!(refused, Err(TeamWriteRefused::Hosts(strangers)));
    }
    let every = OfTeams::Teams(None);
    assert!(event_types::list_of_teams(&stage.scope, every, ALL).await.unwrap().is_empty());
    assert!(stage.slugs_of(stage.ada).await.is_empty());
}

#[tokio::test]
async fn a_host_brings_a_schedule_of_their_own_only() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let adas = schedule(&stage.scope, stage.ada).await;
    let wanted = [HostDraft { schedule: Some(adas), ..host(stage.bob) }];
    let refused = stage.create(&draft("demo"), RoundRobin, Wanted::These(&wanted)).await;
    let strangers = Strangers { not_members: Vec::new(), not_their_schedule: vec![stage.bob] };
    assert_eq!(refused, Err(TeamWriteRefused::Hosts(strangers)));
}

#[tokio::test]
async fn schedules_of_strangers_are_not_taken() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let dans = schedule(&stage.scope, stage.dan).await;
    let bobs = schedule(&stage.scope, stage.bob).await;
    let foreign = ScheduleId::new(OrganizationNumber::new(9).unwrap(), bobs.row());
    let plain = draft("demo");
    let base = stage.wanted(&plain, Collective, Wanted::These(&[]));
    for wrong in [dans, foreign] {
        let wanted = TeamDraft { schedule: Patch::Value(wrong), ..base.clone() };
        let refused = event_types::create_for_team(&stage.scope, stage.team, &wanted, NOW).await;
        assert_eq!(refused, Err(TeamWriteRefused::NotUsableSchedule));
        let wanted = TeamDraft { restriction: Some(wrong), ..base.clone() };
        let refused = event_types::create_for_team(&stage.scope, stage.team, &wanted, NOW).await;
        assert_eq!(refused, Err(TeamWriteRefused::NotUsableRestriction));
    }
    let wanted =
        TeamDraft { schedule: Patch::Value(bobs), restriction: Some(bobs), ..base.clone() };
    let made = event_types::create_for_team(&stage.scope, stage.team, &wanted, NOW).await.unwrap();
    assert_eq!(made.event_type.event_type.schedule_id, Some(bobs));
    let kept = stage.update(&made, &plain, Wanted::Kept).await.unwrap();
    assert_eq!(kept.event_type.event_type.schedule_id, Some(bobs));
}

#[tokio::test]
async fn a_team_that_is_not_there_has_no_event_types() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let plain = draft("demo");
    let wanted = stage.wanted(&plain, Collective, Wanted::Everybody);
    let foreign = TeamId::new(OrganizationNumber::new(9).unwrap(), stage.team.row());
    for team in [TeamId::new(organization(), 99), foreign] {
        let refused = event_types::create_for_team(&stage.scope, team, &wanted, NOW).await;
        assert_eq!(refused, Err(TeamWriteRefused::NoTeam));
        assert_eq!(event_types::shown_team(&stage.scope, team).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_team_has_each_slug_once_in_any_case() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    stage.create(&draft("demo"), Collective, Wanted::Everybody).await.unwrap();
    let again = stage.create(&draft("DEMO"), Managed, Wanted::Everybody).await;
    assert_eq!(again, Err(TeamWriteRefused::SlugTaken));
    let other = stage.create(&draft("other"), Collective, Wanted::Everybody).await.unwrap();
    let renamed = stage.update(&other, &draft("demo"), Wanted::Kept).await;
    assert_eq!(renamed, Err(TeamWriteRefused::SlugTaken));
    // A member may have one of their own of the same slug.
    event_types::create(&stage.scope, stage.ada, &draft("demo"), None, NOW).await.unwrap();
}

#[tokio::test]
async fn a_change_of_hosts_keeps_when_a_booking_last_chose_who_stays() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let both = [host(stage.ada), host(stage.bob)];
    let made = stage.create(&draft("demo"), RoundRobin, Wanted::These(&both)).await.unwrap();
    let booked = "UPDATE event_host SET last_booked_at = 5";
    stage.scope.write(vec![Statement::command(booked, [])]).await.unwrap();
    let changed = [HostDraft { priority: 0, ..host(stage.bob) }];
    let made = stage.update(&made, &draft("demo"), Wanted::These(&changed)).await.unwrap();
    assert_eq!(hosts(&made.event_type), [stage.bob]);
    assert_eq!(made.event_type.hosts[0].priority, 0);
    let last = "SELECT user_id, last_booked_at FROM event_host";
    let rows = stage.scope.read_one(Statement::query(last, [])).await.unwrap();
    let read = |row: meridian_store::Row<'_>| Ok((row.integer(0)?, row.integer(1)?));
    assert_eq!(rows.map(read).unwrap(), [(stage.bob.row(), 5)]);
    let none = stage.update(&made, &draft("demo"), Wanted::These(&[])).await.unwrap();
    assert!(none.event_type.hosts.is_empty());
}

#[tokio::test]
async fn everybody_means_members_who_accepted_and_those_who_will() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let all = stage.create(&draft("all"), Collective, Wanted::Everybody).await.unwrap();
    let some = stage.create(&draft("some"), Collective, Wanted::These(&[])).await.unwrap();
    assert_eq!(hosts(&all.event_type), [stage.ada, stage.bob]);
    assert!(all.event_type.hosts.iter().all(|host| host.is_fixed));
    stage.accept(stage.cleo).await;
    // Who has not accepted is not added, whatever the batch says.
    let early = add_member_to_team_event_types(stage.team, stage.dan, NOW);
    stage.scope.write(early).await.unwrap();
    let all = stage.find(all.event_type.event_type.id).await;
    assert_eq!(hosts(&all), [stage.ada, stage.bob, stage.cleo]);
    assert!(stage.find(some.event_type.event_type.id).await.hosts.is_empty());
    stage.remove(stage.ada).await;
    assert_eq!(hosts(&stage.find(all.event_type.id).await), [stage.bob, stage.cleo]);
}

#[tokio::test]
async fn whoever_left_the_organisation_hosts_nothing_new() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    leave(&stage.scope, stage.bob).await;
    let all = stage.create(&draft("all"), Collective, Wanted::Everybody).await.unwrap();
    assert_eq!(hosts(&all.event_type), [stage.ada]);
}

#[tokio::test]
async fn a_managed_event_type_has_a_copy_for_each_host() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let both = [host(stage.ada), host(stage.bob)];
    let made = stage.create(&draft("demo"), Managed, Wanted::These(&both)).await.unwrap();
    assert_eq!(hosts(&made.event_type), [stage.ada, stage.bob]);
    let parent = &made.event_type.event_type;
    assert_eq!(made.copies.len(), 2);
    for (copy, user) in made.copies.iter().zip([stage.ada, stage.bob]) {
        let row = &copy.event_type;
        assert_eq!((row.belongs.owner(), row.belongs.parent()), (Some(user), Some(parent.id)));
        assert_eq!((row.slug.as_str(), row.before_event_buffer), ("demo", 5));
        let found = event_types::find_any(&stage.scope, row.id).await.unwrap().unwrap();
        assert_eq!(found, Found::Copy(copy.clone(), made.event_type.team.clone()));
    }
    assert_eq!(stage.slugs_of(stage.ada).await, ["demo"]);
}

#[tokio::test]
async fn copies_follow_their_parent_but_keep_their_schedule() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let own = schedule(&stage.scope, stage.ada).await;
    let both = [host(stage.ada), host(stage.bob)];
    let made = stage.create(&draft("demo"), Managed, Wanted::These(&both)).await.unwrap();
    let copy = &made.copies[0].event_type;
    let named = Patch::Value(own);
    event_types::update(&stage.scope, copy, &draft("demo"), &named, NOW).await.unwrap();
    let seats = r#"{"seats": {"seatsPerTimeSlot": 3}}"#.to_owned();
    let changed = Draft { length_minutes: 45, settings: seats, ..draft("renamed") };
    let made = stage.update(&made, &changed, Wanted::Kept).await.unwrap();
    for copy in &made.copies {
        let row = event_types::find(&stage.scope, copy.event_type.id).await.unwrap().unwrap();
        assert_eq!(row, copy.event_type, "what is told is what is stored");
        assert_eq!((row.slug.as_str(), row.length_minutes), ("renamed", 45));
    }
    assert_eq!(made.copies[0].event_type.schedule_id, Some(own));
    let seats = "SELECT count(*) FROM event_type WHERE seats_per_slot = 3";
    let rows = stage.scope.read_one(Statement::query(seats, [])).await.unwrap();
    assert_eq!(rows.first().unwrap().integer(0).unwrap(), 3, "the column mirrors the setting");
}

#[tokio::test]
async fn copies_come_and_go_with_the_hosts() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let made = stage.create(&draft("demo"), Managed, Wanted::These(&[])).await.unwrap();
    assert!(made.copies.is_empty());
    let owners =
        |made: &Written| -> Vec<UserId> { made.copies.iter().map(|copy| copy.owner.id).collect() };
    let one = [host(stage.bob)];
    let made = stage.update(&made, &draft("demo"), Wanted::These(&one)).await.unwrap();
    assert_eq!(owners(&made), [stage.bob]);
    let bobs = made.copies[0].event_type.id;
    let made = stage.update(&made, &draft("demo"), Wanted::Everybody).await.unwrap();
    assert_eq!(owners(&made), [stage.bob, stage.ada]);
    assert_eq!(made.copies[0].event_type.id, bobs, "who stays keeps the copy");
    stage.accept(stage.cleo).await;
    assert_eq!(stage.slugs_of(stage.cleo).await, ["demo"]);
    stage.remove(stage.bob).await;
    assert!(stage.slugs_of(stage.bob).await.is_empty());
    let parent = made.event_type.event_type.id;
    assert_eq!(hosts(&stage.find(parent).await), [stage.ada, stage.cleo]);
    let deleted = event_types::delete_of_team(&stage.scope, stage.team, parent).await.unwrap();
    assert_eq!(deleted.unwrap().id, parent);
    assert!(stage.slugs_of(stage.ada).await.is_empty(), "copies go with their parent");
}

#[tokio::test]
async fn a_copy_never_takes_the_slug_of_the_users_own() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    event_types::create(&stage.scope, stage.ada, &draft("demo"), None, NOW).await.unwrap();
    let made = stage.create(&draft("Demo"), Managed, Wanted::Everybody).await.unwrap();
    let slug = made.copies[0].event_type.slug.clone();
    assert!(slug.starts_with("Demo-"), "{slug}");
    assert_eq!(made.copies[1].event_type.slug, "Demo");
    let again = stage.update(&made, &draft("Demo"), Wanted::Kept).await.unwrap();
    assert_eq!(again.copies[0].event_type.slug, slug, "and keeps the one it has");
    let free = stage.update(&again, &draft("free"), Wanted::Kept).await.unwrap();
    assert_eq!(free.copies[0].event_type.slug, "free");
}

#[tokio::test]
async fn only_its_team_deletes_a_copy() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let made = stage.create(&draft("demo"), Managed, Wanted::Everybody).await.unwrap();
    let copy = made.copies[0].event_type.id;
    assert_eq!(event_types::delete(&stage.scope, stage.ada, copy).await.unwrap(), None);
    let deleted = event_types::delete_of_team(&stage.scope, stage.team, copy).await.unwrap();
    assert_eq!(deleted, None);
    assert!(event_types::find(&stage.scope, copy).await.unwrap().is_some());
}

#[tokio::test]
async fn of_two_changes_of_one_reading_the_second_is_told_to_read_again() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let made = stage.create(&draft("demo"), Managed, Wanted::Everybody).await.unwrap();
    assert!(stage.update(&made, &draft("one"), Wanted::Kept).await.is_ok());
    let late = stage.update(&made, &draft("two"), Wanted::Kept).await;
    assert_eq!(late, Err(TeamWriteRefused::Changed));
    assert_eq!(stage.slugs_of(stage.ada).await, ["one"]);
}

#[tokio::test]
async fn another_teams_event_type_is_not_this_ones() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let other = make_team(&stage.scope, "other", &[]).await;
    let made = stage.create(&draft("demo"), Collective, Wanted::Everybody).await.unwrap();
    let id = made.event_type.event_type.id;
    let found = event_types::find_of_team(&stage.scope, other, id, Source::Replica).await.unwrap();
    assert_eq!(found, None);
    assert_eq!(event_types::delete_of_team(&stage.scope, other, id).await.unwrap(), None);
    let plain = draft("x");
    let wanted = stage.wanted(&plain, Collective, Wanted::Kept);
    let row = &made.event_type.event_type;
    let refused = event_types::update_of_team(&stage.scope, other, row, &wanted, NOW).await;
    assert_eq!(refused, Err(TeamWriteRefused::Changed));
}

#[tokio::test]
async fn lists_show_what_the_viewer_may_see_a_part_at_a_time() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let other = make_team(&stage.scope, "other", &[(stage.ada, true)]).await;
    for index in 0..60 {
        let hidden = index == 0;
        let draft = Draft { hidden, ..draft(&format!("e{index}")) };
        stage.create(&draft, Collective, Wanted::Everybody).await.unwrap();
    }
    let plain = draft("elsewhere");
    let wanted = stage.wanted(&plain, Collective, Wanted::Everybody);
    event_types::create_for_team(&stage.scope, other, &wanted, NOW).await.unwrap();
    let list = async |of, part| {
        let found = event_types::list_of_teams(&stage.scope, of, part).await.unwrap();
        assert!(found.iter().all(|found| !found.hosts.is_empty()));
        found.into_iter().map(|found| found.event_type.slug).collect::<Vec<_>>()
    };
    let of = |slug, with_hidden| OfTeams::Team { team: stage.team, slug, with_hidden };
    assert_eq!(list(of(None, true), ALL).await.len(), 60);
    assert_eq!(list(of(None, false), ALL).await.len(), 59);
    assert_eq!(list(of(Some("E7"), false), ALL).await, ["e7"]);
    assert!(list(of(Some("e0"), false), ALL).await.is_empty());
    assert_eq!(list(OfTeams::Teams(None), ALL).await.len(), 61);
    let others = [other];
    assert_eq!(list(OfTeams::Teams(Some(&others)), ALL).await, ["elsewhere"]);
    let newest = Part { skip: 1, take: 2, newest_first: true };
    assert_eq!(list(OfTeams::Teams(None), newest).await, ["e59", "e58"]);
}

#[tokio::test]
async fn a_team_larger_than_a_page_is_read_whole() {
    let home = Home::new().await;
    let stage = Stage::new(&home).await;
    let many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1200) \
                INSERT INTO user (username, email, time_zone, created_at, updated_at) \
                SELECT 'u' || i, 'u' || i || '@example.com', 'UTC', 0, 0 FROM n";
    let join = "INSERT INTO team_membership (team_id, user_id, role, accepted, created_at, \
                updated_at) SELECT ?1, id, 'MEMBER', 1, 0, 0 FROM user WHERE username LIKE 'u%'";
    let statements =
        vec![Statement::command(many, []), Statement::command(join, arguments![stage.team.row()])];
    stage.scope.write(statements).await.unwrap();
    for scheduling in [RoundRobin, Managed] {
        let slug = format!("all-{}", scheduling.as_str());
        let made = stage.create(&draft(&slug), scheduling, Wanted::Everybody).await.unwrap();
        let mut all = hosts(&made.event_type);
        all.sort_unstable();
        all.dedup();
        assert_eq!((all.len(), made.event_type.hosts.len()), (1_202, 1_202));
        let copies = if scheduling == Managed { 1_202 } else { 0 };
        assert_eq!(made.copies.len(), copies);
    }
}
