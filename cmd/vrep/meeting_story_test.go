package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/bot/meeting"
	"github.com/vrep/vrep/store"
)

// until moves the platform's clock to a moment.
func (w *world) until(at time.Time) {
	w.t.Helper()
	if d := at.Sub(w.platform.Now()); d > 0 {
		w.call("/_sim/clock", map[string]string{"advance": d.Round(time.Second).String()})
	}
}

// morning is ten o'clock of the n-th day from now, in the zone of the house: outside the quiet hours whenever the test runs.
func (w *world) morning(n int) time.Time {
	now := w.platform.Now().In(w.apps[0].cfg.Zone)
	return time.Date(now.Year(), now.Month(), now.Day()+n, 10, 0, 0, 0, now.Location())
}

// hears waits until the doctor has been told something so often, and the sending is settled. Two seconds later the doctor may answer: the platform dates in
// seconds, and what was sent in the second of an answer counts against what may be sent after it.
func (w *world) hears(user, words string, times int) {
	w.t.Helper()
	w.eventually(words, func() bool {
		if strings.Count(w.transcript(user), words) < times {
			return false
		}
		counts, err := w.apps[0].store.OutboxCounts(w.t.Context())
		return err == nil && counts[store.EffectClaimed]+counts[store.EffectReady] == 0
	})
	w.call("/_sim/clock", map[string]string{"advance": "2s"})
}

func working(t *testing.T, name, role string) context.Context {
	return store.As(t.Context(), store.Viewer{Name: name, Role: role, Reach: store.ReachAll})
}

// TestScenario25_Meeting: a doctor is invited, signs up, is reminded twice, comes, says how it was, and is followed up; only then can the meeting be closed.
func TestScenario25_Meeting(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	id, st, room := w.doctorD1(), w.apps[0].store, w.apps[0].meetings
	w.until(w.morning(1))
	begins := w.morning(1).Add(2 * time.Hour) // noon of the day after
	m, err := st.SaveMeeting(working(t, "author", store.RoleMarketing), store.Meeting{
		Title: "老年高血压病例会", Mode: "live", Place: "https://live.example.com/7", Product: "sample_sartan", ApprovalNo: "MLR-25",
		ApprovalUntil: begins.AddDate(0, 1, 0).UnixMilli(), BeginsAt: begins.UnixMilli(), EndsAt: begins.Add(time.Hour).UnixMilli(),
	}, []store.MeetingItem{{Clock: "12:00", Topic: "病例讨论", Role: "speaker", Name: "刘教授"}})
	check(t, err)
	check(t, room.Approve(working(t, "medical", store.RoleMedical), m.ID, m.Version, "medical", store.RoleMedical))
	ops := working(t, "ops", store.RoleOperations)
	check(t, room.Open(ops, m.ID))
	got, err := room.Invite(ops, m.ID, []string{id})
	if check(t, err); got.Made != 1 {
		t.Fatalf("not invited: %+v", got.Refused)
	}

	w.hears("d1", "诚邀参加《老年高血压病例会》", 1)
	w.hears("d1", "讲者：刘教授。主办：示例药业，审批号 MLR-25", 1)
	w.say("d1", "参加", "需要会前提醒您吗")
	w.say("d1", "需要", "有想请讲者回答的问题吗")
	w.say("d1", "老年患者的目标值怎么定", "入口：https://live.example.com/7")
	w.until(begins.Add(-23 * time.Hour))
	w.hears("d1", "提醒：《老年高血压病例会》", 1)
	w.say("d1", "照常参加", "届时见")
	w.until(begins.Add(-time.Hour))
	w.hears("d1", "提醒：《老年高血压病例会》", 2)
	w.say("d1", "1", "届时见")

	w.until(begins.Add(70 * time.Minute))
	state := func() store.MeetingFile {
		f, err := st.MeetingFile(t.Context(), m.ID)
		check(t, err)
		return f
	}
	w.eventually("the meeting to be over", func() bool { return state().Status == store.MeetingHeld })
	check(t, room.Presence(ops, m.ID, []store.Presence{{Doctor: id, Came: true, Minutes: 58, Way: "web"}}))
	w.hears("d1", "感谢参加《老年高血压病例会》", 1)
	w.say("d1", "5", "会后您对这个主题的认识")
	w.say("d1", "有新的认识", "推荐这类会议")
	w.say("d1", "9", "接下来您希望")
	w.say("d1", "当面")
	p := state().People[0]
	if p.Answer != store.RsvpAccept || p.Remind != "yes" || p.Came != store.DidAttend || p.Useful != 5 || p.Shift != "up" || p.Recommend != 9 || p.Wish != "f2f" || p.Question == "" {
		t.Errorf("the list holds %+v", p.Attendance)
	}
	closesAfterTheCall(t, w, m.ID, id)
}

// TestS2_21_ReplayAndCancelled: who wished the replay gets it once it is approved, who signed up hears that the meeting does not take place.
func TestS2_21_ReplayAndCancelled(t *testing.T) {
	w := newWorld(t, 1, nil)
	talk(w)
	id, st, room, ops := w.doctorD1(), w.apps[0].store, w.apps[0].meetings, working(t, "ops", store.RoleOperations)
	hold := func(title string, begins time.Time, answer, heard string) string {
		m, err := st.SaveMeeting(working(t, "author", store.RoleMarketing), store.Meeting{
			Title: title, Mode: "online", ApprovalNo: "MLR-26", ApprovalUntil: begins.AddDate(0, 1, 0).UnixMilli(), BeginsAt: begins.UnixMilli(), EndsAt: begins.Add(time.Hour).UnixMilli(),
		}, []store.MeetingItem{{Clock: "10:30", Topic: "病例讨论", Role: "host", Name: "周教授"}})
		check(t, err)
		check(t, room.Approve(working(t, "medical", store.RoleMedical), m.ID, m.Version, "medical", store.RoleMedical))
		check(t, room.Open(ops, m.ID))
		_, err = room.Invite(ops, m.ID, []string{id})
		check(t, err)
		w.hears("d1", "诚邀参加《"+title+"》", 1)
		w.say("d1", answer, heard)
		return m.ID
	}
	w.until(w.morning(1))
	first := hold("错过的会", w.platform.Now().Add(30*time.Minute), "想看回放", "会后三个工作日内")
	w.until(w.platform.Now().Add(2 * time.Hour))
	w.eventually("the meeting to be over", func() bool {
		f, err := st.MeetingFile(t.Context(), first)
		return err == nil && f.Status == store.MeetingHeld
	})
	check(t, room.Replay(ops, first, "primary_meeting"))
	w.until(w.morning(1))
	w.hears("d1", "《错过的会》的回放已经审核好", 1)
	w.hears("d1", "基层高血压规范管理", 1)
	w.until(w.morning(1))
	w.say("d1", "谢谢")
	second := hold("取消的会", w.platform.Now().Add(48*time.Hour), "参加", "会前提醒")
	w.say("d1", "不需要", "想请讲者回答")
	w.say("d1", "跳过", "已为您登记")
	check(t, room.Cancel(ops, second, "讲者生病"))
	w.hears("d1", "的《取消的会》不能如期举行", 1)
}

// closesAfterTheCall: coming is not the aim. The meeting stays open until what came of it is written.
func closesAfterTheCall(t *testing.T, w *world, id, doctor string) {
	t.Helper()
	st, room, ops := w.apps[0].store, w.apps[0].meetings, working(t, "ops", store.RoleOperations)
	var calls *meeting.CallsError
	if err := room.Close(ops, id); !errors.As(err, &calls) || calls.Missing() != 1 || !slices.Equal(calls.Doctors, []string{doctor}) {
		t.Fatalf("closed without a follow-up: %v", err)
	}
	waiting, err := st.MeetingCalls(ops, w.platform.Now().AddDate(0, 0, 7), 10)
	if check(t, err); len(waiting) != 1 || waiting[0].Doctor != doctor {
		t.Fatalf("follow-ups %+v", waiting)
	}
	check(t, st.FollowUpMeeting(ops, store.FollowUp{Meeting: id, Doctor: doctor, Outcome: store.OutcomeVisit, Words: "约了下周三门诊后当面讨论"}))
	check(t, room.Close(ops, id))
	file, err := st.MeetingFile(t.Context(), id)
	if check(t, err); file.Status != store.MeetingClosed || file.Done != 1 {
		t.Errorf("%+v", file.MeetingFigures)
	}
	w.wantsPage("/console/meetings/"+id, "已结案", "约了当面交流", "约了下周三门诊后当面讨论")
}

// wantsPage wants words on a page of the console, as its administrator reads it.
func (w *world) wantsPage(path string, words ...string) {
	d := w.desk()
	d.wants(d.page(path), words...)
}
