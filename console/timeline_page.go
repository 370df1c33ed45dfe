package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/store"
)

// timelinePage is the number of items on one page of a timeline.
const timelinePage = 40

// timelineKinds are what a timeline can be narrowed to: a name of the word group "timelinekind" and the kinds of item.
var timelineKinds = []struct {
	Name  string
	Kinds []string
}{
	{"", nil},
	{"talk", []string{"message", "out"}},
	{"answer", []string{"answer", "retracted", "finish"}},
	{"content", []string{"push", "open", "read", "ignore"}},
	{"visit", []string{"lead", "visit", "miss", "meeting", "transfer"}},
	{"change", []string{"change", "learnt", "verify", "consent", "refusal", "scan", "right"}},
	{"safety", []string{"case"}},
}

// history is one page of a timeline.
type history struct {
	Days   []day
	Kind   string
	Kinds  []string
	Before int64 // this page ends before, unix ms; 0 = it is the newest
	Older  int64 // where the next page ends; 0 = there is none
}

// timelineOf is the page of a timeline that a request asks for: ?kind=…&before=….
func (c *Console) timelineOf(v *request, id string, newest store.DoctorPast, titles map[string]string, safety bool) (history, error) {
	h := history{Kind: v.URL.Query().Get("kind")}
	known := slices.IndexFunc(timelineKinds, func(k struct {
		Name  string
		Kinds []string
	}) bool {
		return k.Name == h.Kind
	})
	known = max(known, 0)
	h.Kind = timelineKinds[known].Name
	for _, k := range timelineKinds {
		h.Kinds = append(h.Kinds, k.Name)
	}
	rec := newest
	if before, err := strconv.ParseInt(v.URL.Query().Get("before"), 10, 64); err == nil && before > 0 {
		h.Before = before
		if rec, err = c.store.DoctorPast(v.Context(), id, before); err != nil {
			return h, err
		}
	}
	items := c.timeline(rec, titles, safety)
	items = slices.DeleteFunc(items, func(it item) bool {
		return h.Before > 0 && it.At >= h.Before || known > 0 && !slices.Contains(timelineKinds[known].Kinds, it.Kind)
	})
	end := min(timelinePage, len(items))
	for end > 0 && end < len(items) && items[end].At == items[end-1].At { // what happened at once stays together
		end++
	}
	if end < len(items) {
		h.Older = items[end-1].At
	}
	h.Days = c.days(items[:end])
	return h, nil
}

// learntItems are what others than the doctor's answers said about the portrait, and what was taken back.
func (c *Console) learntItems(rec store.DoctorPast) []item {
	var items []item
	for _, o := range rec.Observations {
		if o.Source == store.SourceAnswer && o.Value != store.TakenBack || o.Source == store.SourceComputed && o.Value != store.TakenBack {
			continue
		}
		it := item{At: o.At, Kind: "learnt", Title: c.fieldLabel(o.Field), Note: joinNote(c.words.word("source", o.Source), store.BareQuestion(o.Detail))}
		switch {
		case o.Value == store.TakenBack:
			it.Badge, it.Note = c.badge("learnt", "back"), ""
		case o.Value == store.Cleared:
			it.Badge = c.badge("learnt", "cleared")
		default:
			it.Title = joinNote(it.Title, c.shownValue(o.Field, o.Value, o.Label))
		}
		items = append(items, it)
	}
	return items
}

// deedItems are what a doctor did that stands nowhere else in the timeline.
func (c *Console) deedItems(rec store.DoctorPast, titles map[string]string) []item {
	var items []item
	for _, b := range rec.Behaviours {
		it := item{At: b.At, Title: cmp.Or(titles[b.Object], b.Object)}
		if strings.HasPrefix(b.Ref, meetingDeed) && (b.Kind == store.DidAttend || b.Kind == store.DidMiss) {
			it.Kind, it.Badge = "meeting", c.badge("came", b.Kind)
			if b.Amount > 0 {
				it.Note = c.lasted(b.Amount * 60)
			}
			items = append(items, it)
			continue
		}
		switch b.Kind {
		case store.DidFinish:
			it.Kind, it.Title = "finish", c.flowTitle(b.Object)
			it.Note = joinNote(c.words.orSame("ended", b.Result), c.lasted(b.Amount))
		case store.DidRead, store.DidWatch:
			it.Kind, it.Note = "read", c.lasted(b.Amount)
		case store.DidIgnore:
			it.Kind = "ignore"
		case store.DidMiss:
			it.Kind, it.Title = "miss", c.words.word("channel", b.Result)
		default:
			continue
		}
		items = append(items, it)
	}
	return items
}

// meetingDeed begins the ref of what a doctor did at a meeting, whose amount is in minutes.
const meetingDeed = "meeting:"

// lasted is a span in words.
func (c *Console) lasted(seconds int) string {
	if seconds < 60 {
		return strconv.Itoa(seconds) + " " + c.words.word("span", "second")
	}
	return strconv.Itoa(seconds/60) + " " + c.words.word("span", "minute")
}

// changeArrow stands between what was and what is.
const changeArrow = " \u2192 "

// changeItems are the moves from one class, stage or grade to another.
func (c *Console) changeItems(rec store.DoctorPast) []item {
	items := make([]item, 0, len(rec.Changes))
	for _, ch := range rec.Changes {
		say := func(code string) string {
			if code == "" {
				return c.words.word("learnt", "none")
			}
			return c.term(ch.Kind, code)
		}
		title := c.words.word("changekind", ch.Kind) + " " + say(ch.Before) + changeArrow + say(ch.After)
		items = append(items, item{At: ch.At, Kind: "change", Title: title, Note: ch.Evidence})
	}
	return items
}
