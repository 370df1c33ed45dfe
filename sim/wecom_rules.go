package sim

import (
	"regexp"
	"slices"
	"strings"
)

// taskIDs is the charset and length of a task id; source: the page on application messages.
var taskIDs = regexp.MustCompile(`^[A-Za-z0-9_@-]{1,128}$`)

// problem says in the platform's place what is wrong with a card, "" for nothing.
func (c *Card) problem(fresh bool) string {
	switch c.CardType {
	case "button_interaction":
		return c.buttonProblem(fresh)
	case "text_notice":
		return c.noticeProblem()
	case "news_notice":
		if c.Image == nil && c.ImageText == nil {
			return "card_image or image_text_area missing"
		}
		return c.noticeProblem()
	case "vote_interaction", "multiple_interaction":
		return c.formProblem(fresh)
	}
	return "template_card.card_type"
}

func (c *Card) buttonProblem(fresh bool) string {
	switch {
	case c.MainTitle == nil || c.MainTitle.Title == "":
		return "main_title.title missing"
	case fresh && !taskIDs.MatchString(c.TaskID):
		return "task_id"
	case len(c.Buttons) == 0 && c.ReplaceText == "" || len(c.Buttons) > 6:
		return "button_list"
	case fresh && c.ReplaceText != "":
		return "replace_text belongs to updates"
	case c.Emphasis != nil || len(c.Jumps) > 0 || c.Checkbox != nil || c.Submit != nil || c.Image != nil:
		return "field of another card type"
	}
	for _, b := range c.Buttons {
		if b.Text == "" || b.Type == 0 && (b.Key == "" || len(b.Key) > 1024) || b.Type == 1 && !isHTTP(b.URL) || b.Type > 1 {
			return "button_list entry"
		}
	}
	if c.Selection != nil && !c.Selection.valid(10) {
		return "button_selection"
	}
	return c.commonProblem()
}

func (c *Card) noticeProblem() string {
	switch {
	case (c.MainTitle == nil || c.MainTitle.Title == "") && c.SubTitle == "":
		return "main_title.title or sub_title_text missing"
	case c.Action == nil || c.Action.Type == 0:
		return "card_action missing"
	case len(c.Buttons) > 0 || c.Selection != nil || c.Checkbox != nil || c.Submit != nil:
		return "field of another card type"
	case len(c.Jumps) > 3:
		return "jump_list"
	}
	return c.commonProblem()
}

// formProblem is for votes and multiple choices, which are sent by one button.
func (c *Card) formProblem(fresh bool) string {
	switch {
	case c.MainTitle == nil || c.MainTitle.Title == "":
		return "main_title.title missing"
	case fresh && !taskIDs.MatchString(c.TaskID):
		return "task_id"
	case len(c.Buttons) > 0 || c.Selection != nil || c.Emphasis != nil || len(c.Jumps) > 0:
		return "field of another card type"
	case (c.Submit == nil || c.Submit.Text == "" || c.Submit.Key == "") && c.ReplaceText == "":
		return "submit_button"
	case c.CardType == "vote_interaction" && (c.Checkbox == nil || len(c.Selects) > 0):
		return "checkbox"
	case c.CardType == "multiple_interaction" && (len(c.Selects) == 0 || len(c.Selects) > 3 || c.Checkbox != nil):
		return "select_list"
	}
	for _, q := range c.questions() {
		if !q.valid(20) {
			return "options"
		}
	}
	return c.commonProblem()
}

// questions are all that a press answers.
func (c *Card) questions() []CardQuestion {
	out := slices.Clone(c.Selects)
	if c.Selection != nil {
		out = append(out, *c.Selection)
	}
	if c.Checkbox == nil {
		return out
	}
	q := CardQuestion{Key: c.Checkbox.Key}
	for _, o := range c.Checkbox.Options {
		q.Options = append(q.Options, CardOption{ID: o.ID, Text: o.Text})
	}
	return append(out, q)
}

// calls says whether a button with that key calls back.
func (c *Card) calls(key string) bool {
	return c.Submit != nil && c.Submit.Key == key ||
		slices.ContainsFunc(c.Buttons, func(b CardButton) bool { return b.Type == 0 && b.Key == key })
}

func (c *Card) commonProblem() string {
	if len(c.Rows) > 6 {
		return "horizontal_content_list"
	}
	for _, r := range c.Rows {
		if r.Name == "" || r.Type == 1 && !isHTTP(r.URL) {
			return "horizontal_content_list entry"
		}
	}
	if c.Action != nil && c.Action.Type == 1 && !isHTTP(c.Action.URL) {
		return "card_action.url"
	}
	return ""
}

func (q *CardQuestion) valid(most int) bool {
	seen := map[string]bool{}
	for _, o := range q.Options {
		if o.ID == "" || o.Text == "" || seen[o.ID] {
			return false
		}
		seen[o.ID] = true
	}
	return q.Key != "" && len(q.Options) > 0 && len(q.Options) <= most && (q.Selected == "" || seen[q.Selected])
}

func isHTTP(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}
