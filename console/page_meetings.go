package console

import (
	"net/http"
	"time"

	"github.com/vrep/vrep/bot/meeting"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// meetingRates is from how many answers on the wish to recommend is shown as a figure. Source: the trade hides it below 30.
const meetingRates = 30

// callsShown is the most follow-ups in the list of the day.
const callsShown = 50

// meetingLine is one meeting in the list.
type meetingLine struct {
	store.MeetingRow
	meetingShares
}

// meetingShares are what people look at: parts of a hundred, -1 = nobody to be a part of.
type meetingShares struct {
	CameRate, FeedbackRate, DoneRate int
	NPS                              int
	Rates                            bool // enough answers for NPS
}

func sharesOfMeeting(f store.MeetingFigures) meetingShares {
	part := func(n, of int) int {
		if of == 0 {
			return -1
		}
		return n * 100 / of
	}
	s := meetingShares{CameRate: part(f.Came, f.Came+f.Missed), FeedbackRate: part(f.Feedback, f.Came), DoneRate: part(f.Done, f.Came), Rates: f.Rated >= meetingRates}
	if s.Rates {
		s.NPS = (f.Promoters - f.Detractors) * 100 / f.Rated
	}
	return s
}

// meetingList is the page of all meetings.
type meetingList struct {
	Groups []meetingGroup
	Calls  []store.MeetingCall
	Writes bool
}

// meetingGroup are the meetings of one state.
type meetingGroup struct {
	Status string
	Rows   []meetingLine
}

// meetingOrder is how the list is laid out: what asks for work first.
var meetingOrder = []string{store.MeetingHeld, store.MeetingOpen, store.MeetingApproved, store.MeetingDraft, store.MeetingClosed, store.MeetingCancelled}

func (c *Console) pageMeetings(w http.ResponseWriter, v *request) error {
	rows, err := c.store.Meetings(v.Context())
	if err != nil {
		return err
	}
	view := meetingList{Writes: c.mayDo(v, pathSaveMeeting)}
	for _, status := range meetingOrder {
		g := meetingGroup{Status: status}
		for _, r := range rows {
			if r.Status == status {
				g.Rows = append(g.Rows, meetingLine{r, sharesOfMeeting(r.MeetingFigures)})
			}
		}
		if g.Rows != nil {
			view.Groups = append(view.Groups, g)
		}
	}
	if c.mayDo(v, pathFollowMeeting) {
		now := c.now().In(c.zone)
		today := time.Date(now.Year(), now.Month(), now.Day(), 23, 59, 59, 0, c.zone)
		if view.Calls, err = c.store.MeetingCalls(v.Context(), today, callsShown); err != nil {
			return err
		}
	}
	return c.show(w, v, "meetings", view)
}

// meetingPage is one meeting.
type meetingPage struct {
	store.MeetingFile
	meetingShares
	Can       map[string]bool
	Unready   string // why it cannot be opened, a code of the word group notice; "" = it can
	Need      int    // follow-ups that are missing until it can be closed
	ReplayDue int64
	Topics    []string
	Label     string // of the product
	Segments  []store.Segment
	Contents  []flows.Content // that may be the replay
	Outcomes  []string
	Begun     bool
	Writes    bool
	Runs      bool
	Follows   bool
	Problems  []presenceProblem     // of a sheet that was not taken
	Sheet     string                // as it was typed, else whom it should say something of
	Invited   string                // what became of the invitations just made
	Refused   []store.AttendanceRow // who is missing, when a closing was refused
	Left      int                   // follow-ups that were missing then
}

func (c *Console) pageMeeting(w http.ResponseWriter, v *request) error {
	p, err := c.meetingPage(v)
	if err != nil {
		return err
	}
	return c.show(w, v, "meeting", p)
}

// meetingPage reads everything about one meeting; ErrNotFound.
func (c *Console) meetingPage(v *request) (meetingPage, error) {
	f, err := c.store.MeetingFile(v.Context(), v.PathValue("id"))
	if err != nil {
		return meetingPage{}, err
	}
	p := meetingPage{MeetingFile: f, meetingShares: sharesOfMeeting(f.MeetingFigures), Can: meeting.Can(f.Status), Begun: f.BeginsAt <= c.now().UnixMilli()}
	p.Writes, p.Runs, p.Follows = c.mayDo(v, pathSaveMeeting), c.mayDo(v, pathRunMeeting), c.mayDo(v, pathFollowMeeting)
	p.Need = max(0, (f.Came*f.Threshold+99)/100-f.Done)
	p.ReplayDue = c.room.ReplayUntil(f.Meeting).UnixMilli()
	p.Unready = noticeOf(c.room.Ready(f.Meeting, f.Items))
	p.Topics, p.Label = c.topicLabels(f.Topics), c.productLabel(f.Product)
	p.Outcomes = []string{store.OutcomeView, store.OutcomeMaterial, store.OutcomeQuestion, store.OutcomeVisit, store.OutcomeNone}
	if !p.Runs {
		return p, nil
	}
	p.Sheet = expectedSheet(v, f)
	if p.Segments, err = c.store.Segments(v.Context()); err != nil {
		return p, err
	}
	if lib := c.libraryNow(); lib != nil {
		for _, item := range lib.Contents() {
			if item.Kind == "meeting" || item.Kind == "video" {
				p.Contents = append(p.Contents, item)
			}
		}
	}
	return p, nil
}

// topicLabels are the topics of a meeting in words.
func (c *Console) topicLabels(topics string) []string {
	chosen := chosenTopics(topics)
	var out []string
	for _, t := range c.topicList() {
		if chosen[t.Code] {
			out = append(out, t.Label)
		}
	}
	return out
}
