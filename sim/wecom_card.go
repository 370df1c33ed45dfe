package sim

import (
	"regexp"
	"strings"
)

// Card is a WeCom template card of the kinds that the product uses. The same
// struct reads the JSON of the API and the XML of a passive update; the field
// names are the platform's.
type Card struct {
	CardType    string        `json:"card_type" xml:"CardType"`
	Source      *CardSource   `json:"source,omitempty" xml:"Source"`
	ActionMenu  *CardMenu     `json:"action_menu,omitempty" xml:"ActionMenu"`
	MainTitle   *CardTitle    `json:"main_title,omitempty" xml:"MainTitle"`
	Emphasis    *CardTitle    `json:"emphasis_content,omitempty" xml:"EmphasisContent"`
	Quote       *CardQuote    `json:"quote_area,omitempty" xml:"QuoteArea"`
	SubTitle    string        `json:"sub_title_text,omitempty" xml:"SubTitleText"`
	Rows        []CardRow     `json:"horizontal_content_list,omitempty" xml:"HorizontalContentList"`
	Jumps       []CardJump    `json:"jump_list,omitempty" xml:"JumpList"`
	Action      *CardJump     `json:"card_action,omitempty" xml:"CardAction"`
	TaskID      string        `json:"task_id,omitempty" xml:"TaskId"`
	Selection   *CardQuestion `json:"button_selection,omitempty" xml:"ButtonSelection"`
	Buttons     []CardButton  `json:"button_list,omitempty" xml:"ButtonList"`
	ReplaceText string        `json:"replace_text,omitempty" xml:"ReplaceText"`
}

// CardSource says which application speaks.
type CardSource struct {
	IconURL   string `json:"icon_url,omitempty" xml:"IconUrl"`
	Desc      string `json:"desc,omitempty" xml:"Desc"`
	DescColor int    `json:"desc_color,omitempty" xml:"DescColor"`
}

// CardMenu is the menu in the card's upper right corner.
type CardMenu struct {
	Desc string `json:"desc,omitempty" xml:"Desc"`
	List []struct {
		Text string `json:"text" xml:"Text"`
		Key  string `json:"key" xml:"Key"`
	} `json:"action_list" xml:"ActionList"`
}

// CardTitle is a title with a line of description.
type CardTitle struct {
	Title string `json:"title,omitempty" xml:"Title"`
	Desc  string `json:"desc,omitempty" xml:"Desc"`
}

// CardQuote is a quoted passage.
type CardQuote struct {
	Type     int    `json:"type,omitempty" xml:"Type"`
	URL      string `json:"url,omitempty" xml:"Url"`
	AppID    string `json:"appid,omitempty" xml:"AppId"`
	PagePath string `json:"pagepath,omitempty" xml:"PagePath"`
	Title    string `json:"title,omitempty" xml:"Title"`
	Text     string `json:"quote_text,omitempty" xml:"QuoteText"`
}

// CardRow is one line of name and value. Type 1 is a link.
type CardRow struct {
	Type    int    `json:"type,omitempty" xml:"Type"`
	Name    string `json:"keyname" xml:"KeyName"`
	Value   string `json:"value,omitempty" xml:"Value"`
	URL     string `json:"url,omitempty" xml:"Url"`
	MediaID string `json:"media_id,omitempty" xml:"MediaId"`
	UserID  string `json:"userid,omitempty" xml:"UserId"`
}

// CardJump leads to a page. Type 1 is an address.
type CardJump struct {
	Type     int    `json:"type,omitempty" xml:"Type"`
	Title    string `json:"title,omitempty" xml:"Title"`
	URL      string `json:"url,omitempty" xml:"Url"`
	AppID    string `json:"appid,omitempty" xml:"AppId"`
	PagePath string `json:"pagepath,omitempty" xml:"PagePath"`
}

// CardQuestion is the drop-down list above the buttons.
type CardQuestion struct {
	Key      string       `json:"question_key" xml:"QuestionKey"`
	Title    string       `json:"title,omitempty" xml:"Title"`
	Disable  bool         `json:"disable,omitempty" xml:"Disable"`
	Options  []CardOption `json:"option_list" xml:"OptionList"`
	Selected string       `json:"selected_id,omitempty" xml:"SelectedId"`
}

// CardOption is one line of the drop-down list.
type CardOption struct {
	ID   string `json:"id" xml:"Id"`
	Text string `json:"text" xml:"Text"`
}

// CardButton is a button. Type 0 calls back with its key, type 1 opens its address.
type CardButton struct {
	Type  int    `json:"type,omitempty" xml:"Type"`
	Text  string `json:"text" xml:"Text"`
	Style int    `json:"style,omitempty" xml:"Style"`
	Key   string `json:"key,omitempty" xml:"Key"`
	URL   string `json:"url,omitempty" xml:"Url"`
}

// taskIDs is the charset and length of a task id; source: the page on application messages.
var taskIDs = regexp.MustCompile(`^[A-Za-z0-9_@-]{1,128}$`)

// problem says in the platform's place what is wrong with a card, "" for nothing.
func (c *Card) problem(fresh bool) string {
	switch c.CardType {
	case "button_interaction":
		return c.buttonProblem(fresh)
	case "text_notice":
		return c.noticeProblem()
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
	case c.Emphasis != nil || len(c.Jumps) > 0:
		return "field of another card type"
	}
	for _, b := range c.Buttons {
		if b.Text == "" || b.Type == 0 && (b.Key == "" || len(b.Key) > 1024) || b.Type == 1 && !isHTTP(b.URL) || b.Type > 1 {
			return "button_list entry"
		}
	}
	if c.Selection != nil && !c.Selection.valid() {
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
	case len(c.Buttons) > 0 || c.Selection != nil:
		return "field of another card type"
	case len(c.Jumps) > 3:
		return "jump_list"
	}
	return c.commonProblem()
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

func (q *CardQuestion) valid() bool {
	seen := map[string]bool{}
	for _, o := range q.Options {
		if o.ID == "" || o.Text == "" || seen[o.ID] {
			return false
		}
		seen[o.ID] = true
	}
	return q.Key != "" && len(q.Options) > 0 && len(q.Options) <= 10 && (q.Selected == "" || seen[q.Selected])
}

func isHTTP(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}
