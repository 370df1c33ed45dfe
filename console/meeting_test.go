package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/bot/meeting"
	"github.com/vrep/vrep/store"
)

// putMeeting is an open meeting in five minutes, which is over in a quarter of an hour, to which doctors are invited.
func putMeeting(t *testing.T, s *site, doctors ...string) string {
	t.Helper()
	room := meeting.New(meeting.Options{Store: s.store, WorkDay: handoff.WorkingDaysAfter, Now: s.clock.now})
	ctx := store.As(t.Context(), store.Viewer{Name: "author", Role: store.RoleMarketing, Reach: store.ReachAll})
	begins := s.clock.now().Add(5 * time.Minute)
	m, err := s.store.SaveMeeting(ctx, store.Meeting{
		Title: "老年高血压线上会", Mode: "live", Place: "https://live.example.com/1", ApprovalNo: "MLR-7", ApprovalUntil: begins.AddDate(1, 0, 0).UnixMilli(),
		BeginsAt: begins.UnixMilli(), EndsAt: begins.Add(10 * time.Minute).UnixMilli(),
	}, []store.MeetingItem{{Clock: "19:30", Topic: "开场", Role: "host", Name: "周教授"}})
	must(t, err)
	must(t, room.Approve(ctx, m.ID, m.Version, "u-c", store.RoleCompliance))
	must(t, room.Open(ctx, m.ID))
	consent(t, s.store, doctors...)
	_, err = room.Invite(ctx, m.ID, doctors)
	must(t, err)
	for _, d := range doctors {
		must(t, s.store.HearMeetings(t.Context(), store.MeetingSaid{Meeting: m.ID, Doctor: d, Said: map[string]string{"answer": "accept", "question": "透析患者怎么办"}}))
	}
	return m.ID
}

// consent lets doctors agree to be kept and to be written to.
func consent(t *testing.T, st *store.Store, doctors ...string) {
	t.Helper()
	for _, id := range doctors {
		last, err := st.LastTurn(t.Context(), id)
		must(t, err)
		commit(t, st, store.Turn{
			Journal: store.Journal{Seq: last.Seq + 1, MessageKey: "base-" + id, Kind: "text", Event: []byte(`{}`), Reply: []byte(`{}`)},
			Doctor:  doctorRow(t, st, id),
			Consents: []store.Consent{
				{Conversation: id, Seq: last.Seq + 1, Purpose: store.PurposeBase, Granted: true, At: 1}, {Conversation: id, Seq: last.Seq + 1, Purpose: store.PurposePush, Granted: true, At: 1},
			},
		})
	}
}

// fields is a form of a meeting in two days.
func meetingFields(s *site, more ...string) []string {
	begins := s.clock.now().In(time.FixedZone("CST", 8*3600)).Add(48 * time.Hour)
	return append([]string{
		"title", "合并糖尿病线上会", "mode", "online", "place", "https://live.example.com/2", "begins", begins.Format("2006-01-02T15:04"),
		"ends", begins.Add(time.Hour).Format("2006-01-02T15:04"), "approval_no", "MLR-8", "until", begins.AddDate(0, 1, 0).Format(time.DateOnly),
		"clock", "19:30", "topic", "血压与肾脏", "role", "speaker", "who", "刘教授",
	}, more...)
}

// TestS2_21_MeetingOnThePages: marketing writes a meeting, nobody approves their own, compliance approves, operations open it; a change makes a draft again.
func TestS2_21_MeetingOnThePages(t *testing.T) {
	s := newSite(t)
	author, compliance, ops := s.as(store.RoleMarketing), s.as(store.RoleCompliance), s.as(store.RoleOperations)
	if a := author.post("/console/meetings", "title", "没有时间"); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "题目、起止时间") {
		t.Fatalf("an empty meeting: %d", a.code)
	}
	a := author.post("/console/meetings", meetingFields(s)...)
	page := a.location
	if a.code != http.StatusSeeOther || !strings.HasPrefix(page, "/console/meetings/") {
		t.Fatalf("saving: %d to %q", a.code, page)
	}
	wantHas(t, author.get(page), "合并糖尿病线上会", "草稿", "MLR-8", "19:30", "血压与肾脏", "刘教授", "讲者", "提请批准")
	if a := author.post(page + "/run/open"); a.code != http.StatusSeeOther {
		t.Fatalf("%d", a.code)
	}
	wantHas(t, author.get(page), "会议现在的状态不能这样做")
	author.post(page+"/propose", "reason", "医生问得多")
	list := compliance.get("/console/approvals")
	wantHas(t, list, "批准一场会议", "合并糖尿病线上会", "MLR-8", page)
	open, err := s.store.Approvals(t.Context(), []string{store.ActMeeting}, 1)
	must(t, err)
	compliance.post("/console/approvals/"+open[0].ID+"/decide", "decision", store.ApprovalApproved)
	wantHas(t, ops.get(page), "已批准", "u-compliance", "开放邀请")
	ops.post(page + "/run/open")
	wantHas(t, ops.get(page), "邀请中", "安排邀请")
	if body := compliance.get(page).body; strings.Contains(body, "安排邀请") {
		t.Error("compliance may invite")
	}
	for _, word := range []string{"费用标准", "劳务", "name=\"fee\"", "礼品金额"} {
		if strings.Contains(author.get("/console/meetings/edit").body, word) {
			t.Errorf("the form knows %q: there is no money in a meeting", word)
		}
	}
}

// TestS2_25_ClosedOnThePages: a sheet of who came is taken whole or not at all; closing is refused with the names of those who were not called; reps see and call their
// own doctors only.
func TestS2_25_ClosedOnThePages(t *testing.T) {
	s := newSite(t)
	both := sides(t, s)
	id := both.own["/console/meetings/{id}"]
	page, mine, foreign := "/console/meetings/"+id, both.own["/console/doctors/{id}"], both.foreign["/console/doctors/{id}"]
	rep := s.as(store.RoleRep)
	wantHas(t, rep.get(page), "张敏", "参加", "透析患者怎么办")
	if strings.Contains(rep.get(page).body, "别家医生") {
		t.Error("a rep sees a foreign doctor on the list")
	}
	s.clock.add(16 * time.Minute)
	ops := s.as(store.RoleOperations)
	must(t, meeting.New(meeting.Options{Store: s.store, WorkDay: handoff.WorkingDaysAfter, Now: s.clock.now}).Round(t.Context()))
	wantHas(t, ops.get(page), "待跟进", "登记到会", "张敏", "别家医生")
	bad := ops.post(page+"/run/presence", "sheet", "张敏 62 网站\n没有这人 30\n别家医生 很久")
	wantHas(t, bad, "第 2 行", "没有这位医生", "第 3 行", "只能写分钟数")
	if f, err := s.store.MeetingFile(t.Context(), id); err != nil || f.Came != 0 {
		t.Fatalf("half a sheet was taken: %+v %v", f.MeetingFigures, err)
	}
	ops.post(page+"/run/presence", "sheet", "张敏\t62\t网站\n别家医生，45分钟")
	wantHas(t, ops.get(page), "到会已登记", "62 分钟", "还差 2 位没有跟进结果")
	wantHas(t, ops.post(page+"/run/close"), "还差 2 位没有跟进，不能结案", "还没有跟进的", "张敏", "别家医生")
	if a := rep.post(page+"/follow", "doctor", foreign, "outcome", "view", "words", "不该写"); a.code != http.StatusNotFound {
		t.Errorf("a rep writes about a foreign doctor: %d", a.code)
	}
	rep.post(page+"/follow", "doctor", mine, "outcome", "visit", "words", "约了周三门诊后")
	wantHas(t, rep.get(page), "已记下跟进的结果", "约了当面交流", "约了周三门诊后")
	ops.post(page+"/follow", "doctor", foreign, "outcome", "none", "words", "暂时不需要")
	ops.post(page + "/run/close")
	wantHas(t, ops.get(page), "会议已结案", "已结案")
	wantHas(t, ops.get("/console/meetings"), "已结案", "老年高血压线上会", "100%")
	wantHas(t, rep.get("/console/doctors/"+mine+"?kind=visit"), `<span class="kind">会议</span><span class="strong">老年高血压线上会</span>`, "到会", "62 分钟")
}

// TestMeetingCallsOfTheDay: whoever has to call somebody today finds it on top of the list; three working days are given.
func TestMeetingCallsOfTheDay(t *testing.T) {
	s := newSite(t)
	both := sides(t, s)
	id, mine := both.own["/console/meetings/{id}"], both.own["/console/doctors/{id}"]
	s.clock.add(16 * time.Minute)
	ops, admin, compliance := s.as(store.RoleOperations), s.as(store.RoleAdmin), s.as(store.RoleCompliance)
	ops.post("/console/meetings/"+id+"/run/presence", "sheet", "张敏 62")
	if strings.Contains(ops.get("/console/meetings").body, "今天要跟进") {
		t.Error("asked for on the day of the meeting")
	}
	must(t, s.store.RecordPresence(t.Context(), id, []store.Presence{{Doctor: mine, Came: true, Minutes: 62}}, s.clock.now().Add(-time.Hour).UnixMilli()))
	wantHas(t, admin.get("/console/meetings"), "今天要跟进", "张敏", "已到期", "逾期未跟进")
	if strings.Contains(compliance.get("/console/meetings").body, "今天要跟进") {
		t.Error("compliance has a list of calls")
	}
}
