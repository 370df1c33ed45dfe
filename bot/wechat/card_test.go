package wechat

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
)

func testCard() bot.Card {
	return bot.Card{UserID: "zhangsan", Task: "lead-7_1", Lead: "L7", Source: "虚拟代表", Title: "新线索：王医生希望面谈", Subtitle: "他说：「下周三下午有空」",
		Rows:    []bot.CardRow{{Key: "医院", Value: "某市人民医院"}, {Key: "科室", Value: "心内科"}},
		Select:  &bot.CardSelect{Key: "reason", Title: "婉拒原因", Options: []bot.CardButton{{Text: "不在辖区", Key: "area"}, {Text: "时间冲突", Key: "time"}}},
		Buttons: []bot.CardButton{{Text: "接受", Key: "accept"}, {Text: "婉拒", Key: "decline"}},
		URL:     "https://vrep.example/h/abc", URLText: "详情 https://vrep.example/h/abc"}
}

func TestCardGolden(t *testing.T) {
	p := newPlatform(t)
	receipt, err := p.sender(t).Send(t.Context(), effect(bot.KindCard, testCard()))
	if err != nil {
		t.Fatal(err)
	}
	if want := (bot.Receipt{MessageID: "MID", ResponseCode: "RC"}); receipt != want {
		t.Errorf("receipt %+v, want %+v", receipt, want)
	}
	requests, bodies, _, _ := p.seen()
	if requests[0] != "/wecom/cgi-bin/message/send" {
		t.Errorf("sent to %s", requests[0])
	}
	var shape any
	if err := json.Unmarshal([]byte(bodies[0]), &shape); err != nil {
		t.Fatal(err)
	}
	got := string(must(json.MarshalIndent(shape, "", "  "))) + "\n"
	if *update {
		if err := os.WriteFile("testdata/card.json", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(must(os.ReadFile("testdata/card.json"))), got); diff != "" {
		t.Error(diff)
	}
}

func TestCardsThatCannotBeSent(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t)
	for name, change := range map[string]func(*bot.Card){
		"nobody":           func(c *bot.Card) { c.UserID = "" },
		"no title":         func(c *bot.Card) { c.Title = "" },
		"task with spaces": func(c *bot.Card) { c.Task = "a b" },
		"task too long":    func(c *bot.Card) { c.Task = strings.Repeat("a", 129) },
		"seven rows":       func(c *bot.Card) { c.Rows = make([]bot.CardRow, 7) },
		"no button":        func(c *bot.Card) { c.Buttons = nil },
		"seven buttons":    func(c *bot.Card) { c.Buttons = make([]bot.CardButton, 7) },
		"empty list":       func(c *bot.Card) { c.Select.Options = nil },
		"eleven options":   func(c *bot.Card) { c.Select.Options = make([]bot.CardButton, 11) },
	} {
		c := testCard()
		change(&c)
		if r := refusalOf(t, s, effect(bot.KindCard, c)); r.Class != bot.ClassContent {
			t.Errorf("%s: class %s", name, r.Class)
		}
	}
	if requests, _, _, _ := p.seen(); len(requests) != 0 {
		t.Errorf("requests were made: %v", requests)
	}
}

func TestLinkSurvivesALongSubtitle(t *testing.T) {
	c := bot.Card{Subtitle: strings.Repeat("话", 200), URLText: "详情 https://vrep.example/h/abc"}
	got := subtitle(c)
	if !strings.HasSuffix(got, "…\n"+c.URLText) || len([]rune(got)) != maxSubtitle {
		t.Errorf("%d characters: %q", len([]rune(got)), got)
	}
	c.URLText = "https://vrep.example/h/" + strings.Repeat("x", 200)
	if got, want := subtitle(c), strings.Repeat("话", minSubtitle-1)+"…\n"+c.URLText; got != want {
		t.Errorf("beside a long link: %q", got)
	}
	c.Subtitle = ""
	if got := subtitle(c); got != c.URLText {
		t.Errorf("%q", got)
	}
}

func TestRepTextAndCardUpdate(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t)
	if _, err := s.Send(t.Context(), effect(bot.KindRepText, bot.RepText{UserID: "zhangsan", Text: "您好"})); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), effect(bot.KindCardUpdate, bot.CardUpdate{UserID: "zhangsan", ResponseCode: "RC", Text: "已由李四接受"})); err != nil {
		t.Fatal(err)
	}
	requests, bodies, _, _ := p.seen()
	if diff := cmp.Diff([]string{"/wecom/cgi-bin/message/send", "/wecom/cgi-bin/message/update_template_card"}, requests); diff != "" {
		t.Error(diff)
	}
	want := []string{
		`{"touser":"zhangsan","msgtype":"text","agentid":1000002,"text":{"content":"您好"},"enable_duplicate_check":1,"duplicate_check_interval":1800}`,
		`{"userids":["zhangsan"],"agentid":1000002,"response_code":"RC","button":{"replace_name":"已由李四接受"}}`,
	}
	for i := range bodies {
		bodies[i] = strings.TrimSpace(bodies[i])
	}
	if diff := cmp.Diff(want, bodies); diff != "" {
		t.Error(diff)
	}
	if r := refusalOf(t, s, effect(bot.KindRepText, bot.RepText{UserID: "u", Text: strings.Repeat("长", 700)})); r.Class != bot.ClassContent {
		t.Errorf("long text: class %s", r.Class)
	}
}

func TestReceiversThatDoNotExist(t *testing.T) {
	p := newPlatform(t)
	s := p.sender(t)
	p.answer = map[string]any{"errcode": 0, "errmsg": "ok", "invaliduser": "canary|zhangsan", "msgid": "x"}
	if r := refusalOf(t, s, effect(bot.KindCard, testCard())); r.Class != bot.ClassGone {
		t.Errorf("card: class %s", r.Class)
	}
	p.answer = map[string]any{"errcode": 0, "errmsg": "ok", "unlicenseduser": "zhangsan"}
	if r := refusalOf(t, s, effect(bot.KindRepText, bot.RepText{UserID: "u", Text: "x"})); r.Class != bot.ClassConfig {
		t.Errorf("unlicensed: class %s", r.Class)
	}
	p.answer = map[string]any{"errcode": 0, "errmsg": "ok", "invaliduser": []string{"zhangsan"}}
	if r := refusalOf(t, s, effect(bot.KindCardUpdate, bot.CardUpdate{UserID: "zhangsan"})); r.Class != bot.ClassGone {
		t.Errorf("update: class %s", r.Class)
	}
}

// TestTaskSentBefore: a card whose first answer was lost is not sent twice, and not called a failure either.
func TestTaskSentBefore(t *testing.T) {
	p := newPlatform(t)
	p.answer = map[string]any{"errcode": 42014, "errmsg": "task_id duplicated"}
	if _, err := p.sender(t).Send(t.Context(), effect(bot.KindCard, testCard())); err != nil {
		t.Errorf("Send: %v", err)
	}
}
