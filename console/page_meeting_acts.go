package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/vrep/vrep/bot/meeting"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Addresses of acts on meetings.
const (
	pathSaveMeeting    = "/console/meetings"
	pathProposeMeeting = "/console/meetings/{id}/propose"
	pathRunMeeting     = "/console/meetings/{id}/run/{act}"
	pathFollowMeeting  = "/console/meetings/{id}/follow"
)

// inviteMost is the most doctors invited at once, and invitePage how many are read at a time.
const (
	inviteMost = 5000
	invitePage = 500
)

// meetingNotices are what a person is told whose act was refused.
var meetingNotices = map[string]error{
	"meeting_agenda": meeting.ErrAgenda, "meeting_approval": meeting.ErrApproval, "meeting_begun": meeting.ErrBegun, "meeting_early": meeting.ErrEarly,
	"meeting_presence": meeting.ErrPresence, "meeting_calls": meeting.ErrCalls, "meeting_move": meeting.ErrMove, "meeting_reason": meeting.ErrReason,
	"unreasoned": store.ErrNoReason, "gone": store.ErrMoved, "same_person": store.ErrSamePerson, "super_long": store.ErrTooLong,
}

// noticeOf is the notice of a refusal; "" = it is none.
func noticeOf(err error) string {
	for notice, refusal := range meetingNotices {
		if errors.Is(err, refusal) {
			return notice
		}
	}
	return ""
}

// meetingDone tells a person how an act ended and leads back to the page.
func (c *Console) meetingDone(w http.ResponseWriter, v *request, err error, done string) error {
	if notice := noticeOf(err); notice != "" {
		done = notice
	} else if err != nil {
		return err
	}
	return c.back(w, v, done, "/console/meetings/"+v.PathValue("id"))
}

// doProposeMeeting asks medical or compliance to approve a meeting as it is.
func (c *Console) doProposeMeeting(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	f, err := c.store.MeetingFile(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	if err := c.room.Ready(f.Meeting, f.Items); err != nil || f.Status != store.MeetingDraft {
		return c.meetingDone(w, v, errors.Join(err, moved(f.Status != store.MeetingDraft)), "")
	}
	body := actBody{"meeting": f.ID, "title": f.Title, "approval_no": f.ApprovalNo, "version": strconv.FormatInt(f.Version, 10)}
	return c.propose(w, v, store.ActMeeting, "meeting:"+f.ID, body, typedText(v, "reason"), "/console/meetings/"+f.ID)
}

func moved(yes bool) error {
	if yes {
		return store.ErrMoved
	}
	return nil
}

// actMeeting approves a meeting in the version that was proposed.
func (c *Console) actMeeting(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	version, err := body.number("version")
	if err != nil {
		return err
	}
	return c.room.Approve(ctx, body["meeting"], version, a.DecidedBy, a.DecidedRole)
}

// doRunMeeting does what the people who run a meeting do.
func (c *Console) doRunMeeting(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	ctx, id := v.Context(), v.PathValue("id")
	switch v.PathValue("act") {
	case meeting.EventOpen:
		return c.meetingDone(w, v, c.room.Open(ctx, id), "meeting_opened")
	case meeting.EventHold:
		return c.meetingDone(w, v, c.room.Hold(ctx, id), "meeting_held")
	case meeting.EventCancel:
		return c.meetingDone(w, v, c.room.Cancel(ctx, id, typedText(v, "reason")), "meeting_cancelled")
	case meeting.EventReplay:
		return c.meetingDone(w, v, c.room.Replay(ctx, id, c.known(v.PostForm.Get("content"))), "meeting_replay")
	case meeting.EventClose:
		return c.closeMeeting(w, v)
	case "invite":
		return c.inviteToMeeting(w, v)
	case "presence":
		return c.recordPresence(w, v)
	}
	return store.ErrNotFound
}

// known is a content item of the catalogue; "" = there is none of this name.
func (c *Console) known(content string) string {
	lib := c.libraryNow()
	if lib == nil || !slices.ContainsFunc(lib.Contents(), func(item flows.Content) bool { return item.ID == content }) {
		return ""
	}
	return content
}

// closeMeeting closes a meeting, or shows who is still to be called.
func (c *Console) closeMeeting(w http.ResponseWriter, v *request) error {
	err := c.room.Close(v.Context(), v.PathValue("id"))
	calls := (*meeting.CallsError)(nil)
	if !errors.As(err, &calls) {
		return c.meetingDone(w, v, err, "meeting_closed")
	}
	p, err := c.meetingPage(v)
	if err != nil {
		return err
	}
	p.Left = calls.Missing()
	for _, row := range p.People {
		if row.Came == store.DidAttend && row.Outcome == "" {
			p.Refused = append(p.Refused, row)
		}
	}
	return c.again(w, v, "meeting", p)
}

// inviteToMeeting invites a saved segment, and doctors by their ids.
func (c *Console) inviteToMeeting(w http.ResponseWriter, v *request) error {
	ids := splitSheet(v.PostForm.Get("doctors"))
	if segment := v.PostForm.Get("segment"); segment != "" {
		more, err := c.segmentDoctors(v, segment)
		if err != nil {
			return err
		}
		ids = append(ids, more...)
	}
	if len(ids) == 0 {
		return c.meetingDone(w, v, nil, "meeting_nobody")
	}
	got, err := c.room.Invite(v.Context(), v.PathValue("id"), ids)
	if err != nil {
		return c.meetingDone(w, v, err, "")
	}
	refused := ""
	for _, why := range inviteReasons {
		if n := got.Refused[why]; n > 0 {
			refused = joinNote(refused, fmt.Sprintf("%s %d", c.words.word("notinvited", why), n))
		}
	}
	p, err := c.meetingPage(v)
	if err != nil {
		return err
	}
	p.Invited = joinNote(fmt.Sprintf("%s %d", c.words.word("notinvited", "made"), got.Made), refused)
	return c.render(w, http.StatusOK, "meeting", page{Shell: v.shell, Data: p})
}

// inviteReasons is the order in which people read why somebody was not invited.
var inviteReasons = []string{store.NotInvitedInvited, store.NotInvitedLevel, store.NotInvitedConsent, store.NotInvitedUnwanted, store.NotInvitedOptedOut, store.NotInvitedGone, store.NotInvitedUnknown}

// segmentDoctors are the doctors of a saved segment, at most inviteMost.
func (c *Console) segmentDoctors(v *request, id string) ([]string, error) {
	saved, err := c.store.Segment(v.Context(), id)
	if err != nil {
		return nil, err
	}
	g, _ := c.insight.Segment(saved.Source)
	if g == nil {
		return nil, store.ErrNotFound
	}
	var ids []string
	after := ""
	for len(ids) < inviteMost {
		rows, err := c.store.SampleDoctors(v.Context(), c.insight.Filter(g), after, invitePage)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			ids, after = append(ids, r.Doctor), r.Doctor
		}
		if len(rows) < invitePage {
			break
		}
	}
	return ids[:min(len(ids), inviteMost)], nil
}

// doFollowMeeting records what came of calling a doctor.
func (c *Console) doFollowMeeting(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	err := c.store.FollowUpMeeting(v.Context(), store.FollowUp{
		Meeting: v.PathValue("id"), Doctor: v.PostForm.Get("doctor"), Outcome: v.PostForm.Get("outcome"), Words: typedText(v, "words"),
	})
	return c.meetingDone(w, v, err, "meeting_followed")
}
