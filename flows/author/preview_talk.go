package author

import (
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
)

// deed is one thing that the doctor or the clock did in a talk, with what waited before and after it.
type deed struct {
	In    flows.Input   // InTick: only the clock was turned
	Wait  time.Duration // by how much
	from  string        // place before
	to    string        // place after
	taken bool          // not refused
}

// bubble is one entry of the phone.
type bubble struct {
	Who   string    `json:"who"` // doctor, bot, note
	Kind  string    `json:"kind"`
	Text  string    `json:"text,omitempty"`
	Title string    `json:"title,omitempty"`
	URL   string    `json:"url,omitempty"`
	At    time.Time `json:"at"`
	Wait  int64     `json:"wait,omitempty"` // seconds by which the clock was turned
	Stamp bool      `json:"-"`              // its time is shown above it
}

const stampGap = 5 * time.Minute // bubbles closer than this share one time

// put adds a bubble.
func (t *rehearsal) put(b bubble) {
	n := len(t.bubbles)
	b.Stamp = b.Kind != "wait" && (n == 0 || t.bubbles[n-1].Kind == "wait" || b.At.Sub(t.bubbles[n-1].At) > stampGap)
	t.bubbles = append(t.bubbles, b)
}

// rehearsal is a talk as played on one state of the files.
type rehearsal struct {
	p     *flows.Player
	lib   *flows.Library
	flow  string
	began time.Time

	deeds   []deed
	record  []RecordedTurn
	bubbles []bubble
	last    flows.Turn
	place   string
	got     map[string]flows.Answer // by question: label, raw text, how it was read
	wrote   []flows.Assign          // profile, in order
	tags    []flows.TagChange
	scores  []flows.Score
	leads   []flows.Lead
	cases   []flows.Case
	sends   []flows.Send
	verify  []flows.Verify
	told    []flows.Notice
	agreed  []flows.Consent
	steps   map[*flows.Step]string // done, skipped
}

// newRehearsal starts the flow.
func newRehearsal(lib *flows.Library, flow string, opt flows.PlayerOptions) (*rehearsal, error) {
	p, err := flows.NewPlayer(lib, flow, opt)
	if err != nil {
		return nil, err
	}
	t := &rehearsal{p: p, lib: lib, flow: flow, began: opt.Now, got: map[string]flows.Answer{}, steps: map[*flows.Step]string{}}
	before := p.Facts()
	t.take(flows.Input{Kind: flows.InStart, Key: flow}, 0, before, p.Start())
	return t, nil
}

// do lets one deed act.
func (t *rehearsal) do(d deed) {
	before := t.p.Facts()
	d.from = t.place
	t.say(d)
	if d.In.Kind == flows.InTick {
		t.take(d.In, d.Wait, before, t.p.Wait(d.Wait))
	} else {
		t.take(d.In, 0, before, t.p.Send(d.In))
	}
	d.to, d.taken = t.place, t.last.Accepted
	t.deeds = append(t.deeds, d)
}

// say puts the doctor's side on the phone.
func (t *rehearsal) say(d deed) {
	b := bubble{Who: "doctor", Kind: string(d.In.Kind), Text: d.In.Text, At: t.p.Now(), Wait: int64(d.Wait.Seconds())}
	switch {
	case d.In.Kind == flows.InTick:
		b.Who, b.Kind, b.At = "note", "wait", b.At.Add(d.Wait)
	case d.In.Kind == flows.InResume:
		b.Who = "note"
	case d.In.Media != "" && d.In.Text != "":
		b.Kind = "voice"
	}
	t.put(b)
}

// take keeps what a turn brought.
func (t *rehearsal) take(in flows.Input, after time.Duration, before flows.Facts, turn flows.Turn) {
	t.last, t.place = turn, placeOf(turn)
	t.record = append(t.record, RecordedTurn{In: in, After: after, Facts: before, Out: turn})
	t.hear(turn)
	for _, r := range turn.Retracted {
		delete(t.got, r.Question)
	}
	if turn.Forget {
		clear(t.got)
		t.wrote, t.tags = nil, nil
	}
	for _, a := range turn.Answers {
		t.got[a.Question] = a
	}
	if h := turn.State.Held; h != nil {
		for _, a := range h.Answers {
			t.got[a.Question] = a
		}
	}
	t.wrote = append(t.wrote, turn.Profile...)
	t.tags = append(t.tags, turn.Tags...)
	t.leads = append(t.leads, turn.Leads...)
	t.cases = append(t.cases, turn.Cases...)
	t.sends = append(t.sends, turn.Sends...)
	t.told = append(t.told, turn.Notices...)
	t.agreed = append(t.agreed, turn.Consents...)
	if turn.Verify != nil {
		t.verify = append(t.verify, *turn.Verify)
	}
	for _, s := range turn.Scores {
		t.scores = append(slices.DeleteFunc(t.scores, func(o flows.Score) bool { return o.Name == s.Name }), s)
	}
	for _, c := range turn.Trace {
		if c.Kind == flows.TraceStep {
			t.steps[c.Step] = "done"
		}
	}
	for _, s := range turn.Skipped {
		t.steps[s.At] = "skipped"
	}
}

// hear puts the bot's side on the phone: one reply, a card for every item, what went wrong, the end.
func (t *rehearsal) hear(turn flows.Turn) {
	now := t.p.Now()
	reply := turn.Outcome
	reply.Sends, reply.Images = nil, nil
	if text := reply.Reply(); text != "" {
		t.put(bubble{Who: "bot", Kind: "text", Text: text, At: now})
	}
	for _, id := range turn.Images {
		t.put(bubble{Who: "bot", Kind: "image", Text: id, At: now})
	}
	for _, s := range turn.Sends {
		t.put(bubble{Who: "bot", Kind: "card", Title: s.Content.Title, Text: s.Content.Description, URL: s.Content.URL, At: now})
	}
	for _, p := range turn.Problems {
		t.put(bubble{Who: "note", Kind: "problem", Text: p.Message, At: now})
	}
	if turn.Over != "" {
		t.put(bubble{Who: "note", Kind: "over", Text: turn.Over, At: now})
	}
}

// placeOf names what a talk waits for: the question and how the next text is read, a question of the engine itself, the end.
func placeOf(turn flows.Turn) string {
	switch st := &turn.State; {
	case turn.Over != "":
		return "end:" + turn.Over
	case st.Asleep > 0:
		return "human"
	case st.Ask != nil:
		return st.Ask.Kind + ":" + st.Ask.Name
	case len(st.Frames) > 0:
		return turn.Pending.ID + "/" + st.Frames[len(st.Frames)-1].Mode
	}
	return "idle"
}

// span is a length of time for people.
type span struct{ Days, Hours, Minutes int }

func spanOf(d time.Duration) span {
	m := int(d / time.Minute)
	return span{m / 1440, m / 60 % 24, m % 60}
}

// next lists by how much the clock must be turned until a reminder or the expiry acts; nothing when no talk runs.
func (t *rehearsal) next() (remind, expire time.Duration) {
	st := &t.last.State
	if len(st.Frames) == 0 || st.Asleep > 0 {
		return 0, 0
	}
	flow := t.lib.Flow(st.Frames[0].Flow)
	if flow == nil {
		return 0, 0
	}
	silent := t.p.Now().Sub(time.UnixMilli(st.At))
	if st.Told < len(flow.Remind) {
		remind = max(flow.Remind[st.Told].After-silent, 0)
	}
	if flow.Expire > silent {
		expire = flow.Expire - silent
	}
	return remind, expire
}

// pieces cuts a turn of the clock where a reminder or the expiry is due, so that each acts at its own time.
func (t *rehearsal) pieces(d time.Duration) time.Duration {
	remind, expire := t.next()
	for _, due := range []time.Duration{remind, expire} {
		if due > 0 && due < d {
			d = due
		}
	}
	return d
}
