package meeting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// monday is 2026-11-23, 10:00 in China.
var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

var zone = time.FixedZone("CST", 8*3600)

// house is a store with a clock of its own and a room on it.
type house struct {
	t   *testing.T
	st  *store.Store
	now time.Time
	*Room
}

// engines runs a test on both engines.
func engines(t *testing.T, test func(h *house)) {
	for name, o := range map[string]func(t *testing.T) store.Options{
		"sqlite":  func(t *testing.T) store.Options { return store.Options{DataDir: t.TempDir()} },
		"mariadb": func(t *testing.T) store.Options { return store.Options{MySQLDSN: storetest.DSN(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			h := &house{t: t, now: monday}
			opt := o(t)
			opt.Now = func() time.Time { return h.now }
			h.st = storetest.Open(t, opt)
			h.Room = New(Options{Store: h.st, WorkDay: handoff.WorkingDaysAfter, Zone: zone, Now: opt.Now})
			test(h)
		})
	}
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// as is a person at work.
func (h *house) as(name, role string) context.Context {
	return store.As(h.t.Context(), store.Viewer{Name: name, Role: role, Reach: store.ReachAll})
}

// turn commits one turn of a doctor and gives the doctor's id.
func (h *house) turn(openID string, change func(*store.Turn)) string {
	h.t.Helper()
	id, seq := store.DoctorID(storetest.Account, openID), int64(1)
	d := store.Doctor{ID: id, OpenID: openID, Name: "医生" + openID, Level: store.LevelVerified, Followed: true}
	if old, err := h.st.Dossier(h.t.Context(), id); err == nil {
		d = old.Doctor
	}
	if last, err := h.st.LastTurn(h.t.Context(), id); err == nil {
		seq = last.Seq + 1
	}
	u := &store.Turn{Doctor: d, Journal: store.Journal{Conversation: id, Seq: seq, MessageKey: fmt.Sprint(openID, seq), Kind: "text"}}
	change(u)
	_, err := h.st.CommitTurn(h.t.Context(), u)
	h.must(err)
	return id
}

// doctor is one who follows, is verified and has agreed.
func (h *house) doctor(openID string) string {
	return h.turn(openID, func(u *store.Turn) {
		for _, purpose := range []string{store.PurposeBase, store.PurposePush} {
			u.Consents = append(u.Consents, store.Consent{Conversation: u.Doctor.ID, Seq: 1, Purpose: purpose, Policy: "v1", Granted: true})
		}
	})
}

// says is what a doctor answers about a meeting.
func (h *house) says(openID, meeting string, said map[string]string) {
	h.t.Helper()
	h.turn(openID, func(u *store.Turn) {
		u.Meetings = []store.MeetingSaid{{Meeting: meeting, Doctor: u.Doctor.ID, Said: said}}
	})
}

// meeting is one on Friday, 19:30 to 21:00, approved and open.
func (h *house) meeting(items ...store.MeetingItem) string {
	h.t.Helper()
	m := h.draft(items...)
	h.must(h.Approve(h.as("compliance", store.RoleCompliance), m.ID, m.Version, "compliance", store.RoleCompliance))
	h.must(h.Open(h.as("ops", store.RoleOperations), m.ID))
	return m.ID
}

func (h *house) draft(items ...store.MeetingItem) store.Meeting {
	h.t.Helper()
	begins := monday.AddDate(0, 0, 4).Add(9*time.Hour + 30*time.Minute)
	if items == nil {
		items = []store.MeetingItem{{Clock: "19:30", Topic: "开场", Role: "host", Name: "周教授"}, {Clock: "19:40", Topic: "老年高血压", Role: "speaker", Name: "刘教授"}}
	}
	m, err := h.st.SaveMeeting(h.as("author", store.RoleMarketing), store.Meeting{
		Title: "老年高血压线上会", Mode: "live", Place: "https://live.example.com/1", Product: "p1", Topics: `["elderly"]`,
		ApprovalNo: "MLR-1", ApprovalUntil: begins.AddDate(1, 0, 0).UnixMilli(), BeginsAt: begins.UnixMilli(), EndsAt: begins.Add(90 * time.Minute).UnixMilli(),
	}, items)
	h.must(err)
	return m
}

func (h *house) file(id string) store.MeetingFile {
	h.t.Helper()
	f, err := h.st.MeetingFile(h.t.Context(), id)
	h.must(err)
	return f
}

func (h *house) person(id, doctor string) store.Attendance {
	h.t.Helper()
	for _, p := range h.file(id).People {
		if p.Doctor == doctor {
			return p.Attendance
		}
	}
	h.t.Fatalf("doctor %s is on no list", doctor)
	return store.Attendance{}
}

// planned are the flows that wait for a doctor, and the inputs of the last one.
func (h *house) planned(doctor string) (flows []string, inputs map[string]string) {
	h.t.Helper()
	c, err := h.st.CopyOf(h.t.Context(), doctor)
	h.must(err)
	for _, p := range c.Pushes {
		if p.Status == store.PushPlanned {
			flows = append(flows, p.Flow)
			inputs = nil
			h.must(json.Unmarshal([]byte(p.Inputs), &inputs))
		}
	}
	slices.Sort(flows)
	return flows, inputs
}

// round makes a round at a moment.
func (h *house) round(at time.Time) {
	h.t.Helper()
	h.now = at
	h.must(h.Round(h.t.Context()))
}

// TestS2_21_TheMeetingObject: a meeting has an agenda, an approval number, experts in roles, attendance and feedback; nobody is invited before another person than
// the author has approved it.
func TestS2_21_TheMeetingObject(t *testing.T) {
	engines(t, func(h *house) {
		expert := h.doctor("e1")
		m := h.draft(store.MeetingItem{Clock: "19:30", Topic: "开场", Role: "host", Doctor: expert}, store.MeetingItem{Clock: "19:40", Topic: "老年高血压", Role: "speaker", Name: "刘教授"})
		if f := h.file(m.ID); len(f.Items) != 2 || f.Items[0].Role != "host" || f.Items[0].Name != "医生e1" || f.ApprovalNo != "MLR-1" || f.Threshold != 80 || f.Owner != "author" {
			t.Fatalf("%+v", f)
		}
		if err := h.Open(h.as("ops", store.RoleOperations), m.ID); !errors.Is(err, ErrMove) {
			t.Errorf("a draft opens: %v", err)
		}
		if err := h.Approve(h.as("author", store.RoleCompliance), m.ID, m.Version, "author", store.RoleCompliance); !errors.Is(err, store.ErrSamePerson) {
			t.Errorf("the author approves: %v", err)
		}
		if err := h.Approve(h.as("c", store.RoleCompliance), m.ID, m.Version+1, "c", store.RoleCompliance); !errors.Is(err, store.ErrMoved) {
			t.Errorf("another version is approved: %v", err)
		}
		h.must(h.Approve(h.as("c", store.RoleCompliance), m.ID, m.Version, "c", store.RoleCompliance))
		h.must(h.Open(h.as("ops", store.RoleOperations), m.ID))
		d1 := h.doctor("d1")
		got, err := h.Invite(h.as("ops", store.RoleOperations), m.ID, []string{d1})
		if h.must(err); got.Made != 1 {
			t.Fatalf("%+v", got)
		}
		flows, in := h.planned(d1)
		want := map[string]string{"meeting": m.ID, "topic": "老年高血压线上会", "at": "11月27日（周五）19:30", "mode": "线上直播", "speaker": "刘教授", "event_no": "MLR-1", "place": "入口：https://live.example.com/1"}
		if fmt.Sprint(flows, in) != fmt.Sprint([]string{"meeting_invite"}, want) {
			t.Errorf("planned %v with %v", flows, in)
		}
		h.says("d1", m.ID, map[string]string{"answer": "accept"})
		h.says("d1", m.ID, map[string]string{"remind": "yes", "question": "老年人从多少开始"})
		h.round(monday.AddDate(0, 0, 4).Add(12 * time.Hour))
		h.must(h.Presence(h.as("ops", store.RoleOperations), m.ID, []store.Presence{{Doctor: d1, Came: true, Minutes: 62, Way: "web"}}))
		h.says("d1", m.ID, map[string]string{"useful": "5", "change": "up", "nps": "9", "wish": "f2f"})
		a := h.person(m.ID, d1)
		if a.Answer != "accept" || a.Remind != "yes" || a.Question != "老年人从多少开始" || a.Came != store.DidAttend || a.Minutes != 62 || a.Useful != 5 || a.Shift != "up" || a.Recommend != 9 || a.Wish != "f2f" {
			t.Errorf("%+v", a)
		}
		if f := h.file(m.ID); f.Invited != 1 || f.Accepted != 1 || f.Came != 1 || f.Feedback != 1 || f.Done != 0 || f.Promoters != 1 {
			t.Errorf("%+v", f.MeetingFigures)
		}
		h.ledger(expert, m.ID, d1)
	})
}

// ledger: the host stands in the ledger of influence once, who came has done it once, with minutes.
func (h *house) ledger(expert, id, came string) {
	h.t.Helper()
	h.must(h.Presence(h.as("ops", store.RoleOperations), id, []store.Presence{{Doctor: came, Came: true, Minutes: 70, Way: "web"}}))
	d, err := h.st.Dossier(h.t.Context(), expert)
	if h.must(err); len(d.Influences) != 1 || d.Influences[0].Kind != store.InfluenceHosted {
		h.t.Errorf("influences %+v", d.Influences)
	}
	c, err := h.st.CopyOf(h.t.Context(), came)
	h.must(err)
	var did []string
	for _, b := range c.Behaviours {
		did = append(did, fmt.Sprint(b.Kind, b.Amount, b.Topics))
	}
	if len(did) != 1 || did[0] != `attend70["elderly"]` {
		h.t.Errorf("did %v", did)
	}
}

// TestS2_21_NotWithoutApprovalAndAgenda: an approval must hold on the day of the meeting, and there must be an agenda; who changes an approved meeting has a draft.
func TestS2_21_NotWithoutApprovalAndAgenda(t *testing.T) {
	engines(t, func(h *house) {
		m := h.draft()
		f := h.file(m.ID)
		for want, change := range map[error]func(m *store.Meeting) []store.MeetingItem{
			ErrAgenda:   func(*store.Meeting) []store.MeetingItem { return nil },
			ErrApproval: func(m *store.Meeting) []store.MeetingItem { m.ApprovalUntil = m.EndsAt; return f.Items },
			ErrBegun:    func(m *store.Meeting) []store.MeetingItem { m.BeginsAt = h.now.UnixMilli(); return f.Items },
		} {
			x := f.Meeting
			items := change(&x)
			if err := h.Ready(x, items); !errors.Is(err, want) {
				t.Errorf("want %v, got %v", want, err)
			}
		}
		h.must(h.Approve(h.as("c", store.RoleCompliance), m.ID, m.Version, "c", store.RoleCompliance))
		now := h.file(m.ID)
		now.Title = "改了题目"
		saved, err := h.st.SaveMeeting(h.as("author", store.RoleMarketing), now.Meeting, now.Items)
		if h.must(err); saved.Status != store.MeetingDraft || h.file(m.ID).ApprovedBy != "" {
			t.Errorf("%+v", saved)
		}
		if _, err := h.st.SaveMeeting(h.as("author", store.RoleMarketing), now.Meeting, now.Items); !errors.Is(err, store.ErrMoved) {
			t.Errorf("an old version is saved: %v", err)
		}
	})
}

// TestS2_25_ComingIsNotTheAim: a meeting is not closed before enough of those who came have a follow-up with an outcome; the refusal says who is missing.
func TestS2_25_ComingIsNotTheAim(t *testing.T) {
	engines(t, func(h *house) {
		id := h.meeting()
		var all []string
		for i := range 5 {
			all = append(all, h.doctor(fmt.Sprint("d", i)))
		}
		_, err := h.Invite(h.as("ops", store.RoleOperations), id, all)
		h.must(err)
		for i := range 5 {
			h.says(fmt.Sprint("d", i), id, map[string]string{"answer": "accept"})
		}
		if err := h.Hold(h.as("ops", store.RoleOperations), id); !errors.Is(err, ErrEarly) {
			t.Errorf("held before it is over: %v", err)
		}
		h.round(monday.AddDate(0, 0, 4).Add(12 * time.Hour))
		if s := h.file(id).Status; s != store.MeetingHeld {
			t.Fatalf("after its end it is %s", s)
		}
		if err := h.Close(h.as("ops", store.RoleOperations), id); !errors.Is(err, ErrPresence) {
			t.Errorf("closed without anybody counted: %v", err)
		}
		rows := []store.Presence{{Doctor: all[4]}}
		for _, d := range all[:4] {
			rows = append(rows, store.Presence{Doctor: d, Came: true, Minutes: 50})
		}
		h.must(h.Presence(h.as("ops", store.RoleOperations), id, rows))
		calls, err := h.st.MeetingCalls(h.as("ops", store.RoleOperations), h.now.AddDate(0, 0, 7), 10)
		if h.must(err); len(calls) != 4 || calls[0].Title != "老年高血压线上会" || time.UnixMilli(calls[0].FollowUntil).In(zone).Format("01-02") != "12-02" {
			t.Fatalf("%d calls until %v", len(calls), time.UnixMilli(calls[0].FollowUntil).In(zone))
		}
		for i, d := range all[:3] {
			h.must(h.st.FollowUpMeeting(h.as("author", store.RoleMarketing), store.FollowUp{Meeting: id, Doctor: d, Outcome: store.OutcomeView, Words: "起始剂量有了新的认识"}))
			if err := h.st.FollowUpMeeting(h.as("author", store.RoleMarketing), store.FollowUp{Meeting: id, Doctor: d, Outcome: store.OutcomeNone, Words: "再写一次"}); !errors.Is(err, store.ErrMoved) {
				t.Errorf("the outcome of %d is written twice: %v", i, err)
			}
		}
		var e *CallsError
		if err := h.Close(h.as("ops", store.RoleOperations), id); !errors.As(err, &e) || e.Came != 4 || e.Need != 4 || e.Missing() != 1 || !slices.Equal(e.Doctors, all[3:4]) {
			t.Fatalf("closed with 3 of 4, 80 percent needed: %v", err)
		}
		if err := h.st.FollowUpMeeting(h.as("author", store.RoleMarketing), store.FollowUp{Meeting: id, Doctor: all[4], Outcome: store.OutcomeNone, Words: "没来"}); !errors.Is(err, store.ErrMoved) {
			t.Errorf("who did not come has an outcome: %v", err)
		}
		if err := h.st.FollowUpMeeting(h.as("author", store.RoleMarketing), store.FollowUp{Meeting: id, Doctor: all[3], Outcome: store.OutcomeNone}); !errors.Is(err, store.ErrNoReason) {
			t.Errorf("an outcome without words: %v", err)
		}
		h.must(h.st.FollowUpMeeting(h.as("author", store.RoleMarketing), store.FollowUp{Meeting: id, Doctor: all[3], Outcome: store.OutcomeNone, Words: "暂时没有需要"}))
		h.must(h.Close(h.as("ops", store.RoleOperations), id))
		if f := h.file(id); f.Status != store.MeetingClosed || f.ClosedAt == 0 {
			t.Errorf("%+v", f.Meeting)
		}
	})
}

// TestWhoIsInvited: only doctors who follow, are verified, have agreed and want invitations; once each.
func TestWhoIsInvited(t *testing.T) {
	engines(t, func(h *house) {
		id, ctx := h.meeting(), h.as("ops", store.RoleOperations)
		ok := h.doctor("ok")
		var ids []string
		for name, change := range map[string]func(*store.Turn){
			store.NotInvitedGone:     func(u *store.Turn) { u.Doctor.Followed = false },
			store.NotInvitedOptedOut: func(u *store.Turn) { u.Doctor.OptedOut = true },
			store.NotInvitedLevel:    func(u *store.Turn) { u.Doctor.Level = 1 },
			store.NotInvitedConsent: func(u *store.Turn) {
				u.Consents = []store.Consent{{Conversation: u.Doctor.ID, Seq: 2, Purpose: store.PurposePush, Policy: "v1"}}
			},
			store.NotInvitedUnwanted: func(u *store.Turn) {
				u.Portrait = []store.PortraitValue{{Doctor: u.Doctor.ID, Field: "meeting_invites", Value: `"off"`, Source: store.SourceAnswer, Ref: u.Doctor.ID + ":2:0"}}
			},
		} {
			h.doctor(name)
			ids = append(ids, h.turn(name, change))
		}
		got, err := h.Invite(ctx, id, append(ids, ok, ok, "nobody"))
		h.must(err)
		want := map[string]int{store.NotInvitedUnknown: 1, store.NotInvitedGone: 1, store.NotInvitedOptedOut: 1, store.NotInvitedLevel: 1, store.NotInvitedConsent: 1, store.NotInvitedUnwanted: 1}
		if got.Made != 1 || fmt.Sprint(got.Refused) != fmt.Sprint(want) {
			t.Errorf("%+v", got)
		}
		if got, err = h.Invite(ctx, id, []string{ok}); err != nil || got.Made != 0 || got.Refused[store.NotInvitedInvited] != 1 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// TestToldOnceEach: who accepted and wishes it is reminded a day and two hours before, who came is asked how it was, who wished it gets the replay; twice never.
func TestToldOnceEach(t *testing.T) {
	engines(t, func(h *house) {
		id, ctx := h.meeting(), h.as("ops", store.RoleOperations)
		begins := time.UnixMilli(h.file(id).BeginsAt)
		d1, d2, d3 := h.doctor("d1"), h.doctor("d2"), h.doctor("d3")
		_, err := h.Invite(ctx, id, []string{d1, d2, d3})
		h.must(err)
		h.says("d1", id, map[string]string{"answer": "accept"})
		h.says("d1", id, map[string]string{"remind": "yes"})
		h.says("d2", id, map[string]string{"answer": "replay"})
		wants := func(doctor string, want ...string) {
			t.Helper()
			if got, _ := h.planned(doctor); strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("at %v %s waits for %v, want %v", h.now.In(zone), doctor[:4], got, want)
			}
		}
		h.round(begins.Add(-25 * time.Hour))
		wants(d1, "meeting_invite")
		for range 2 {
			h.round(begins.Add(-23 * time.Hour))
			wants(d1, "meeting_invite", "meeting_remind")
		}
		h.round(begins.Add(-time.Hour))
		wants(d1, "meeting_invite", "meeting_remind", "meeting_remind")
		wants(d3, "meeting_invite")
		h.round(time.UnixMilli(h.file(id).EndsAt))
		wants(d1) // what was not made before the meeting makes no sense any more
		h.must(h.Presence(ctx, id, []store.Presence{{Doctor: d1, Came: true, Minutes: 40}, {Doctor: d3}}))
		h.round(h.now.Add(time.Minute))
		h.round(h.now.Add(time.Minute))
		wants(d1, "meeting_feedback")
		wants(d3)
		h.must(h.Replay(ctx, id, "replay_1"))
		h.round(h.now.Add(time.Minute))
		wants(d2, "meeting_replay")
		if _, in := h.planned(d2); in["replay"] != "replay_1" {
			t.Errorf("inputs %v", in)
		}
		if got := h.ReplayUntil(h.file(id).Meeting).In(zone).Format("01-02"); got != "12-02" {
			t.Errorf("the replay is due on %s, three working days after Friday", got)
		}
	})
}

// TestCancelled: who has accepted is told, and what waited is ended.
func TestCancelled(t *testing.T) {
	engines(t, func(h *house) {
		id, ctx := h.meeting(), h.as("ops", store.RoleOperations)
		d1, d2 := h.doctor("d1"), h.doctor("d2")
		_, err := h.Invite(ctx, id, []string{d1, d2})
		h.must(err)
		h.says("d1", id, map[string]string{"answer": "accept"})
		if err := h.Cancel(ctx, id, " "); !errors.Is(err, ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		h.must(h.Cancel(ctx, id, "讲者生病"))
		if got, _ := h.planned(d1); fmt.Sprint(got) != "[meeting_cancelled]" {
			t.Errorf("who accepted waits for %v", got)
		}
		if got, _ := h.planned(d2); len(got) != 0 {
			t.Errorf("who did not answer waits for %v", got)
		}
		if _, err := h.Invite(ctx, id, []string{d2}); !errors.Is(err, ErrMove) {
			t.Errorf("invited to a cancelled meeting: %v", err)
		}
	})
}

// TestEveryMove: what is not in the table is refused, and every meeting that does take place must be held before it is closed.
func TestEveryMove(t *testing.T) {
	all := []string{store.MeetingDraft, store.MeetingApproved, store.MeetingOpen, store.MeetingHeld, store.MeetingClosed, store.MeetingCancelled}
	for _, from := range all {
		for _, e := range []string{EventApprove, EventOpen, EventHold, EventReplay, EventClose, EventCancel} {
			to, err := Next(from, e)
			if _, can := moves[from][e]; can != (err == nil) || err != nil && !errors.Is(err, ErrMove) || can != Can(from)[e] {
				t.Errorf("%s %s: %q %v", from, e, to, err)
			}
			if to == store.MeetingClosed && from != store.MeetingHeld && from != store.MeetingClosed {
				t.Errorf("%s is closed without having been held", from)
			}
		}
	}
}
