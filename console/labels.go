package console

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/flows"
)

// borrow takes the labels of the rep's form as words, so that what a rep ticks is called the same in the console.
func (w words) borrow(f handoff.Form) {
	for group, options := range map[string][]handoff.Option{
		"channel": f.Channels, "result": f.Results, "prefers": f.Prefers, "topic": f.Topics, "ladder": f.Ladder, "barrier": f.Barriers,
	} {
		w[group] = make(map[string]string, len(options))
		for _, o := range options {
			w[group][o.Code] = o.Label
		}
	}
}

// contentTitles maps ids of the catalogue to titles.
func (c *Console) contentTitles() map[string]string {
	titles := map[string]string{}
	if c.library == nil {
		return titles
	}
	for _, item := range c.library().Contents() {
		titles[item.ID] = item.Title
	}
	return titles
}

// fieldLabel is what a field of the portrait is called; without a label it is the field's own name.
func (c *Console) fieldLabel(field string) string {
	if c.library == nil {
		return field
	}
	return c.library().FieldLabel(field)
}

// flowTitle is what a flow is called; without a title, or when the flow is gone, it is the flow's id.
func (c *Console) flowTitle(id string) string {
	if c.library == nil {
		return id
	}
	if f := c.library().Flow(id); f != nil {
		return cmp.Or(f.Title, id)
	}
	return id
}

// fieldOrder ranks the fields of the portrait as their file lists them, from 1; a field that it does not know has no rank.
func (c *Console) fieldOrder() map[string]int {
	order := map[string]int{}
	if c.library == nil {
		return order
	}
	for i, f := range c.library().Fields() {
		order[f.Name] = i + 1
	}
	return order
}

// valueOf reads the JSON of a value; a broken one is none.
func valueOf(text string) flows.Value {
	var v flows.Value
	if json.Unmarshal([]byte(text), &v) != nil {
		return flows.Value{}
	}
	return v
}

// shownValue is a value of the portrait for people: its label, else its JSON in words. "" = there is no value.
func (c *Console) shownValue(field, value, label string) string {
	var v flows.Value
	if err := json.Unmarshal([]byte(value), &v); err != nil {
		return cmp.Or(label, value)
	}
	if v.IsNone() || label != "" {
		return label
	}
	items := v.Items()
	if len(items) == 0 {
		return c.words.orSame("value", v.Str())
	}
	said := make([]string, len(items))
	for i, item := range items {
		said[i] = c.shownItem(field, item)
	}
	return strings.Join(said, c.words.word("value", "between"))
}

// shownItem is one text of a value: a date, a code that has a word, or words.
func (c *Console) shownItem(field, item string) string {
	if day, err := time.Parse(time.DateOnly, item); err == nil {
		return day.Format(c.words.word("value", "date"))
	}
	if group, ok := c.words["fieldwords"][field]; ok {
		return c.words.orSame(group, item)
	}
	return c.words.orSame("value", item)
}

// pushWhy says why a content item was chosen, with the points of each part and their sum, or why there is none. Words of people stay as they are.
func (c *Console) pushWhy(reason string) string {
	code, parts := flows.ReadWhy(reason)
	out := []string{c.words.orSame("pushreason", code)}
	sum := 0
	for _, p := range parts {
		sum += p.Points
		text := c.words.orSame("matchpart", p.Name) + " " + strconv.Itoa(p.Points)
		if detail := c.matchDetail(p); detail != "" {
			text += " (" + detail + ")"
		}
		out = append(out, text)
	}
	if len(parts) > 0 {
		out = append(out, c.words.word("matchpart", "sum")+" "+strconv.Itoa(sum))
	}
	return strings.Join(out, " \u00b7 ")
}

// matchDetail puts the codes of a part into words.
func (c *Console) matchDetail(p flows.MatchPart) string {
	if p.Name == "kind" && c.words.has("prefers", p.Detail) {
		return c.words.word("prefers", p.Detail)
	}
	lib := c.libraryNow()
	if p.Name != "topics" || lib == nil {
		return p.Detail
	}
	topics := strings.Split(p.Detail, ",")
	if list := lib.Lists()["topics"]; list != nil {
		for i, code := range topics {
			if at := slices.IndexFunc(list.Items, func(x flows.Choice) bool { return x.Code == code }); at >= 0 {
				topics[i] = list.Items[at].Label
			}
		}
	}
	return strings.Join(topics, " ")
}

// sendWhy says what became of a message that was not sent. The platform's code is left out: pages show it beside.
func (c *Console) sendWhy(code int, reason string) string {
	text := strings.TrimSpace(strings.TrimPrefix(reason, "errcode "+strconv.Itoa(code)))
	return c.words.orSame("sendreason", text)
}
