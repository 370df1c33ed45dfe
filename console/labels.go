package console

import "github.com/vrep/vrep/bot/handoff"

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
