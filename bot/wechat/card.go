package wechat

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/util"

	"github.com/vrep/vrep/bot"
)

// Limits of a button_interaction card. Source: WeCom's page on application messages.
const (
	maxRows     = 6
	maxButtons  = 6
	maxOptions  = 10
	maxSubtitle = 112 // characters; advised
	minSubtitle = 40  // characters of words beside a long link; ours
)

// How long the platform drops an equal message to the same member, in seconds. A card is never sent twice on purpose,
// so it gets the longest time allowed; a line of text may rightly come again later.
const (
	cardDuplicates = 4 * 60 * 60
	textDuplicates = 30 * 60
)

// taskIDs is what the platform takes as a task id.
var taskIDs = regexp.MustCompile(`^[0-9A-Za-z_@-]{1,128}$`)

// appMessage is the body of message/send.
type appMessage struct {
	ToUser                 string        `json:"touser"`
	MsgType                string        `json:"msgtype"`
	AgentID                int           `json:"agentid"`
	Text                   *appText      `json:"text,omitempty"`
	TemplateCard           *templateCard `json:"template_card,omitempty"`
	EnableDuplicateCheck   int           `json:"enable_duplicate_check"`
	DuplicateCheckInterval int           `json:"duplicate_check_interval"`
}

type appText struct {
	Content string `json:"content"`
}

type templateCard struct {
	CardType   string         `json:"card_type"`
	Source     *cardSource    `json:"source,omitempty"`
	MainTitle  cardTitle      `json:"main_title"`
	SubTitle   string         `json:"sub_title_text,omitempty"`
	Rows       []cardRow      `json:"horizontal_content_list,omitempty"`
	CardAction *cardAction    `json:"card_action,omitempty"`
	TaskID     string         `json:"task_id"`
	Selection  *cardSelection `json:"button_selection,omitempty"`
	Buttons    []cardButton   `json:"button_list"`
}

type cardSource struct {
	Desc string `json:"desc"`
}

type cardTitle struct {
	Title string `json:"title"`
}

type cardRow struct {
	Name  string `json:"keyname"`
	Value string `json:"value,omitempty"`
}

type cardAction struct {
	Type int    `json:"type"` // 1: an address
	URL  string `json:"url"`
}

type cardSelection struct {
	Key     string       `json:"question_key"`
	Title   string       `json:"title,omitempty"`
	Options []cardOption `json:"option_list"`
}

type cardOption struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type cardButton struct {
	Text  string `json:"text"`
	Style int    `json:"style"` // 1: emphasised, 4: plain
	Key   string `json:"key"`
}

// cardChange is the body of update_template_card.
type cardChange struct {
	UserIDs      []string `json:"userids"`
	AgentID      int      `json:"agentid"`
	ResponseCode string   `json:"response_code"`
	Button       struct {
		ReplaceName string `json:"replace_name"`
	} `json:"button"`
}

func (s *Sender) card(ctx context.Context, p bot.Card) (bot.Receipt, error) {
	if !sendable(p) {
		return bot.Receipt{}, s.wecom.fault(bot.ClassContent, "card")
	}
	return s.application(ctx, p.UserID, appMessage{
		ToUser: p.UserID, MsgType: "template_card", AgentID: s.agent, TemplateCard: layOut(p),
		EnableDuplicateCheck: 1, DuplicateCheckInterval: cardDuplicates,
	})
}

// sendable checks what the platform would refuse.
func sendable(p bot.Card) bool {
	if p.UserID == "" || p.Title == "" || !taskIDs.MatchString(p.Task) || len(p.Rows) > maxRows {
		return false
	}
	if len(p.Buttons) == 0 || len(p.Buttons) > maxButtons {
		return false
	}
	return p.Select == nil || p.Select.Key != "" && len(p.Select.Options) > 0 && len(p.Select.Options) <= maxOptions
}

// layOut makes the platform's card. The first button stands out.
func layOut(p bot.Card) *templateCard {
	c := &templateCard{CardType: "button_interaction", MainTitle: cardTitle{p.Title}, SubTitle: subtitle(p), TaskID: p.Task}
	if p.Source != "" {
		c.Source = &cardSource{p.Source}
	}
	if p.URL != "" {
		c.CardAction = &cardAction{Type: 1, URL: p.URL}
	}
	for _, r := range p.Rows {
		c.Rows = append(c.Rows, cardRow{r.Key, r.Value})
	}
	if p.Select != nil {
		c.Selection = &cardSelection{Key: p.Select.Key, Title: p.Select.Title}
		for _, o := range p.Select.Options {
			c.Selection.Options = append(c.Selection.Options, cardOption{o.Key, o.Text})
		}
	}
	for i, b := range p.Buttons {
		style := 4
		if i == 0 {
			style = 1
		}
		c.Buttons = append(c.Buttons, cardButton{b.Text, style, b.Key})
	}
	return c
}

// subtitle puts the link under the words, for clients that show a card as text. Where room is short the words give
// way down to minSubtitle, the link never: the length is advice, a cut link is useless.
func subtitle(p bot.Card) string {
	if p.URLText == "" {
		return p.Subtitle
	}
	words := []rune(p.Subtitle)
	room := max(maxSubtitle-utf8.RuneCountInString(p.URLText)-1, minSubtitle)
	if len(words) > room {
		words = append(slices.Clip(words[:room-1]), '…')
	}
	return strings.TrimPrefix(string(words)+"\n"+p.URLText, "\n")
}

func (s *Sender) repText(ctx context.Context, p bot.RepText) (bot.Receipt, error) {
	if len(p.Text) > maxText {
		return bot.Receipt{}, s.wecom.fault(bot.ClassContent, "long") // the platform would cut it without a word
	}
	return s.application(ctx, p.UserID, appMessage{
		ToUser: p.UserID, MsgType: "text", AgentID: s.agent, Text: &appText{p.Text},
		EnableDuplicateCheck: 1, DuplicateCheckInterval: textDuplicates,
	})
}

// cardUpdate puts a line in place of a card's buttons. The SDK does not know this call; it goes through its client.
func (s *Sender) cardUpdate(ctx context.Context, p bot.CardUpdate) (bot.Receipt, error) {
	change := cardChange{UserIDs: []string{p.UserID}, AgentID: s.agent, ResponseCode: p.ResponseCode}
	change.Button.ReplaceName = p.Text
	t, leave := s.exchange.enter(ctx, s.wecom)
	defer leave()
	answer, err := util.PostJSON("https://"+wecomHost+"/cgi-bin/message/update_template_card?access_token="+string(t), change)
	if err != nil {
		return bot.Receipt{}, s.bare(s.wecom, err)
	}
	var out struct {
		InvalidUser []string `json:"invaliduser"`
	}
	if json.Unmarshal(answer, &out) == nil && len(out.InvalidUser) > 0 {
		return bot.Receipt{}, s.wecom.fault(bot.ClassGone, "stranger")
	}
	return bot.Receipt{}, nil
}
