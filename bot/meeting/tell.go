package meeting

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/store"
)

// told says by which flow a doctor is told something, and the word of its cause.
var told = map[int]struct{ flow, cause string }{
	0:                   {"meeting_invite", store.CauseInvite},
	store.ToldDay:       {"meeting_remind", store.CauseDay},
	store.ToldHours:     {"meeting_remind", store.CauseHours},
	store.ToldFeedback:  {"meeting_feedback", "feedback"},
	store.ToldReplay:    {"meeting_replay", "replay"},
	store.ToldCancelled: {"meeting_cancelled", "cancelled"},
}

// tellPage is the most doctors told of one meeting in one round.
const tellPage = 500

// tell plans what is to be told to whom it is due; before is until when a reminder must have been wished.
func (r *Room) tell(ctx context.Context, m store.Meeting, what int, before time.Time) (int, error) {
	due, err := r.store.MeetingDue(ctx, m.ID, what, before.UnixMilli(), tellPage)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	f, err := r.store.MeetingFile(ctx, m.ID)
	if err != nil {
		return 0, err
	}
	pushes := make([]store.Push, len(due))
	for i, a := range due {
		pushes[i] = r.push(f, a.Doctor, what)
	}
	return r.store.TellMeeting(ctx, m.ID, what, pushes)
}

// push is the wish to begin a flow about a meeting with a doctor.
func (r *Room) push(f store.MeetingFile, doctor string, what int) store.Push {
	how := told[what]
	b, err := json.Marshal(r.inputs(f, what))
	if err != nil {
		b = []byte("{}") // texts always encode
	}
	return store.Push{Doctor: doctor, Cause: store.MeetingCause(f.ID, how.cause, doctor), Flow: how.flow, Inputs: string(b)}
}

// inputs are what the flow is given: what is left out keeps the words of the flow.
func (r *Room) inputs(f store.MeetingFile, what int) map[string]string {
	in := map[string]string{"meeting": f.ID, "topic": f.Title, "at": r.when(f.BeginsAt)}
	if early := what == 0 || what == store.ToldDay || what == store.ToldHours; early && f.Place != "" {
		in["place"] = strings.ReplaceAll(cmp.Or(r.words.Places[f.Mode], "{place}"), "{place}", f.Place)
	}
	switch what {
	case 0:
		in["mode"], in["event_no"] = r.words.Modes[f.Mode], f.ApprovalNo
		for name, value := range map[string]string{"speaker": speakers(f.Items, r.words.Separator), "host": cmp.Or(f.Host, r.company)} {
			if value != "" {
				in[name] = value
			}
		}
	case store.ToldReplay:
		return map[string]string{"topic": f.Title, "replay": f.Meeting.Replay}
	case store.ToldCancelled:
		delete(in, "meeting")
	case store.ToldFeedback:
		delete(in, "at")
	}
	return in
}

// speakers are the names of who speaks, each once, in the order of the agenda.
func speakers(items []store.MeetingItem, separator string) string {
	var names []string
	for _, it := range items {
		if it.Role == "speaker" && it.Name != "" && !slices.Contains(names, it.Name) {
			names = append(names, it.Name)
		}
	}
	return strings.Join(names, separator)
}

func (r *Room) when(ms int64) string {
	at := time.UnixMilli(ms).In(r.zone)
	return strings.NewReplacer("{month}", at.Format("1"), "{day}", at.Format("2"), "{weekday}", r.words.Weekdays[at.Weekday()], "{clock}", at.Format("15:04")).
		Replace(r.words.When)
}
