package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/vrep/vrep/bot/meeting"
	"github.com/vrep/vrep/store"
)

// demoMeeting is one meeting of the sample house.
type demoMeeting struct {
	Title  string `yaml:"title"`
	Days   int    `yaml:"days"`   // from today
	Status string `yaml:"status"` // where it stands
	Mode   string `yaml:"mode"`
	Replay string `yaml:"replay"`
}

// demoMeetings is what the meetings of the sample house have in common.
type demoMeetings struct {
	Why    string `yaml:"why"`
	Place  string `yaml:"place"`
	Topic  string `yaml:"topic"`
	Agenda []struct {
		Clock string `yaml:"clock"`
		Topic string `yaml:"topic"`
		Role  string `yaml:"role"`
		Name  string `yaml:"name"`
	} `yaml:"agenda"`
	Questions []string `yaml:"questions"`
	Outcomes  []struct {
		Code  string `yaml:"code"`
		Words string `yaml:"words"`
	} `yaml:"outcomes"`
}

// demoInvited is how many doctors a meeting of the sample invites.
const demoInvited = 36

// fillMeetings gives the sample house its meetings, through the acts of its people. Where there are meetings, it does nothing.
func (w *demoWorld) fillMeetings(ctx context.Context) error {
	have, err := w.app.store.Meetings(ctx)
	if err != nil || len(have) > 0 {
		return err
	}
	g, _ := w.app.insight.Segment("doctor.level == 2 and doctor.followed")
	if g == nil {
		return nil
	}
	rows, err := w.app.store.SampleDoctors(ctx, w.app.insight.Filter(g), "", 4*demoInvited)
	if err != nil {
		return err
	}
	doctors := make([]string, len(rows))
	for i, r := range rows {
		doctors[i] = r.Doctor
	}
	for i, m := range readDemo().Meetings {
		from := min(i*demoInvited, len(doctors))
		if err := w.fillMeeting(ctx, m, doctors[from:min(from+demoInvited, len(doctors))]); err != nil {
			return fmt.Errorf("making a sample meeting: %w", err)
		}
	}
	return nil
}

// at is a person of the sample house at work.
func (w *demoWorld) at(ctx context.Context, role string) context.Context {
	return store.As(ctx, store.Viewer{Name: demoAccount(role), Role: role, Reach: store.ReachAll})
}

// fillMeeting writes one meeting and moves it to where it stands. What is over goes by the store's own steps, because the room
// opens nothing that has begun.
func (w *demoWorld) fillMeeting(ctx context.Context, m demoMeeting, doctors []string) error {
	words, now := readDemo().Meeting, w.app.now().In(w.app.cfg.Zone)
	begins := time.Date(now.Year(), now.Month(), now.Day()+m.Days, 19, 30, 0, 0, now.Location())
	ends := begins.Add(90 * time.Minute)
	if m.Days < 0 { // signed up for as if it were tomorrow; when it was is written when it is over
		begins, ends = begins.AddDate(0, 0, 1-m.Days), ends.AddDate(0, 0, 1-m.Days)
	}
	topics, err := json.Marshal([]string{words.Topic})
	if err != nil {
		return err
	}
	var items []store.MeetingItem
	for _, a := range words.Agenda {
		item := store.MeetingItem{Clock: a.Clock, Topic: a.Topic, Role: a.Role, Name: a.Name}
		if item.Name == "" && len(doctors) > len(items) { // the experts of the house are its own doctors
			item.Doctor = doctors[len(items)]
		}
		items = append(items, item)
	}
	row, err := w.app.store.SaveMeeting(w.at(ctx, store.RoleMarketing), store.Meeting{
		Title: m.Title, Mode: m.Mode, Place: words.Place, Topics: string(topics), ApprovalNo: "MLR-DEMO-" + strconv.Itoa(100+m.Days), ApprovalUntil: begins.AddDate(0, 6, 0).UnixMilli(),
		Product: w.firstProduct(), BeginsAt: begins.UnixMilli(), EndsAt: ends.UnixMilli(),
	}, items)
	if err != nil {
		return err
	}
	if m.Status == store.MeetingDraft {
		return w.proposeMeeting(ctx, row, words.Why)
	}
	return w.runMeeting(ctx, row, m, doctors)
}

func (w *demoWorld) firstProduct() string {
	if c := w.app.flows.Library().Classes(); c != nil && len(c.Products) > 0 {
		return c.Products[0].Code
	}
	return ""
}

// proposeMeeting lets a draft wait for the second person.
func (w *demoWorld) proposeMeeting(ctx context.Context, row store.Meeting, why string) error {
	body, err := json.Marshal(map[string]string{"meeting": row.ID, "title": row.Title, "approval_no": row.ApprovalNo, "version": strconv.FormatInt(row.Version, 10)})
	if err != nil {
		return err
	}
	_, err = w.app.store.Propose(w.at(ctx, store.RoleMarketing), store.Approval{Kind: store.ActMeeting, Object: "meeting:" + row.ID, Body: body, Reason: why})
	return err
}

// runMeeting takes a meeting through its life up to where it stands.
func (w *demoWorld) runMeeting(ctx context.Context, row store.Meeting, m demoMeeting, doctors []string) error {
	st, status := w.app.store, store.MeetingDraft
	move := func(event, role string, set func(*store.Meeting)) error {
		next, err := meeting.Next(status, event)
		if err != nil {
			return err
		}
		err = st.MoveMeeting(w.at(ctx, role), store.MeetingStep{ID: row.ID, From: status, Event: event, Status: next, Set: set})
		status = next
		return err
	}
	if err := move(meeting.EventApprove, store.RoleMedical, func(r *store.Meeting) {
		r.ApprovedBy, r.ApprovedRole = demoAccount(store.RoleMedical), store.RoleMedical
	}); err != nil || m.Status == store.MeetingApproved {
		return err
	}
	if err := move(meeting.EventOpen, store.RoleOperations, nil); err != nil {
		return err
	}
	if err := w.signUp(ctx, row, doctors); err != nil || m.Status == store.MeetingOpen {
		return err
	}
	back := time.Duration(1-m.Days) * 24 * time.Hour
	row.BeginsAt, row.EndsAt = row.BeginsAt-back.Milliseconds(), row.EndsAt-back.Milliseconds()
	if err := move(meeting.EventHold, store.RoleOperations, func(r *store.Meeting) { r.BeginsAt, r.EndsAt = row.BeginsAt, row.EndsAt }); err != nil {
		return err
	}
	if err := w.attend(ctx, row, m.Status == store.MeetingClosed); err != nil || m.Status == store.MeetingHeld {
		return err
	}
	if err := move(meeting.EventReplay, store.RoleOperations, func(r *store.Meeting) { r.Replay = m.Replay }); err != nil {
		return err
	}
	return move(meeting.EventClose, store.RoleOperations, func(r *store.Meeting) { r.ClosedAt = w.app.now().UnixMilli() })
}

// signUp invites doctors and lets most of them answer. The invitations of the sample are never sent: they are due when the meeting is long over.
func (w *demoWorld) signUp(ctx context.Context, row store.Meeting, doctors []string) error {
	due := w.app.now().AddDate(1, 0, 0).UnixMilli()
	_, err := w.app.store.InviteToMeeting(w.at(ctx, store.RoleOperations), row.ID, doctors, func(f store.MeetingFile, doctor string) (store.Push, error) {
		return store.Push{Doctor: doctor, Cause: store.MeetingCause(f.ID, store.CauseInvite, doctor), Flow: "meeting_invite", DueAt: due}, nil
	})
	if err != nil {
		return err
	}
	f, err := w.app.store.MeetingFile(ctx, row.ID)
	if err != nil {
		return err
	}
	questions, answers := readDemo().Meeting.Questions, []string{store.RsvpAccept, store.RsvpAccept, store.RsvpAccept, store.RsvpReplay, "", store.RsvpDeclined, store.RsvpAccept}
	var said []store.MeetingSaid
	for i, p := range f.People {
		a := map[string]string{"answer": answers[i%len(answers)], "remind": "no"}
		if i%7 == 0 || i%7 == 6 {
			a["question"] = questions[i%len(questions)]
		}
		said = append(said, store.MeetingSaid{Meeting: row.ID, Doctor: p.Doctor, Said: a})
	}
	return w.app.store.HearMeetings(ctx, said...)
}

// attend records who came, what they said of it, and what came of calling them: of nearly all when the meeting is to be closed, of some else, and some are late.
func (w *demoWorld) attend(ctx context.Context, row store.Meeting, whole bool) error {
	st, words := w.app.store, readDemo().Meeting
	f, err := st.MeetingFile(ctx, row.ID)
	if err != nil {
		return err
	}
	var came []store.Presence
	var said []store.MeetingSaid
	for i, p := range slices.DeleteFunc(f.People, func(p store.AttendanceRow) bool { return p.Answer != store.RsvpAccept }) {
		came = append(came, store.Presence{Doctor: p.Doctor, Came: i%5 != 4, Minutes: 35 + 7*(i%8), Way: store.MeetingWays[i%len(store.MeetingWays)]})
		if i%5 != 4 && i%3 != 2 {
			said = append(said, store.MeetingSaid{Meeting: row.ID, Doctor: p.Doctor, Said: map[string]string{
				"useful": strconv.Itoa(3 + i%3), "change": []string{"up", "same", "doubt"}[i%3], "nps": strconv.Itoa(6 + i%5), "wish": []string{"paper", "f2f", "none"}[i%3],
			}})
		}
	}
	until := time.UnixMilli(row.EndsAt).AddDate(0, 0, 4).UnixMilli()
	if err := st.RecordPresence(w.at(ctx, store.RoleOperations), row.ID, came, until); err != nil {
		return err
	}
	if err := st.HearMeetings(ctx, said...); err != nil {
		return err
	}
	for i, p := range came {
		if !p.Came || !whole && i%3 != 0 {
			continue
		}
		o := words.Outcomes[i%len(words.Outcomes)]
		if err := st.FollowUpMeeting(w.at(ctx, store.RoleMarketing), store.FollowUp{Meeting: row.ID, Doctor: p.Doctor, Outcome: o.Code, Words: o.Words}); err != nil {
			return err
		}
	}
	return nil
}
