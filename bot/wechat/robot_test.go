package wechat

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
)

const canaryRobot = "CANARY-robot-key"

// withRobot puts the robot's webhook where the platform is.
func (p *fakePlatform) withRobot(o *SenderOptions) {
	o.RobotURL = p.URL + "/_sim/api/wecom/cgi-bin/webhook/send?key=" + canaryRobot
}

func TestRobotMessages(t *testing.T) {
	p := newPlatform(t)
	var keys []string
	p.serve = func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Method+" "+r.URL.Query().Encode())
		writeJSON(w, map[string]any{"errcode": 0, "errmsg": "ok"})
	}
	s := p.sender(t, p.withRobot, func(o *SenderOptions) { o.CorpID = "" })
	for _, m := range []bot.Robot{
		{Title: "新线索：王老师", Text: "某院、希望当面交流", URL: "https://vrep.example/h/abc?x=1&y=2"}, {Title: "线索进展", Text: "已由李四接受"},
	} {
		if _, err := s.Send(t.Context(), effect(bot.KindRobot, m)); err != nil {
			t.Fatal(err)
		}
	}
	requests, bodies, _, draws := p.seen()
	if diff := cmp.Diff([]string{"/wecom/cgi-bin/webhook/send", "/wecom/cgi-bin/webhook/send"}, requests); diff != "" || draws != 0 {
		t.Errorf("%s; %d tokens drawn", diff, draws)
	}
	want := []string{
		`{"msgtype":"template_card","template_card":{"card_type":"text_notice","main_title":{"title":"新线索：王老师"},"sub_title_text":"某院、希望当面交流","card_action":{"type":1,"url":"https://vrep.example/h/abc?x=1&y=2"}}}`,
		`{"msgtype":"text","text":{"content":"线索进展\n已由李四接受"}}`,
	}
	for i := range bodies {
		bodies[i] = strings.TrimSpace(bodies[i])
	}
	if diff := cmp.Diff(want, bodies); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"POST key=" + canaryRobot, "POST key=" + canaryRobot}, keys); diff != "" {
		t.Error(diff)
	}
}

func TestRobotRefusals(t *testing.T) {
	p := newPlatform(t)
	message := effect(bot.KindRobot, bot.Robot{Title: "x", Text: "y"})
	if r := refusalOf(t, p.sender(t), message); r.Class != bot.ClassConfig {
		t.Errorf("without a robot: %+v", r)
	}
	s := p.sender(t, p.withRobot)
	for code, class := range map[int]bot.Class{93000: bot.ClassConfig, 45009: bot.ClassRetry, -1: bot.ClassRetry} {
		p.answer = map[string]any{"errcode": code, "errmsg": "no, key " + canaryRobot}
		r := refusalOf(t, s, message)
		if r.Class != class || strings.Contains(r.Error(), canaryRobot) {
			t.Errorf("%d: %+v", code, r)
		}
	}
	if r := refusalOf(t, s, effect(bot.KindRobot, bot.Robot{Title: "x", Text: strings.Repeat("长", 700)})); r.Class != bot.ClassContent {
		t.Errorf("too long: %+v", r)
	}
	p.Close()
	if r := refusalOf(t, p.sender(t, p.withRobot), message); r.Class != bot.ClassRetry || strings.Contains(r.Error(), canaryRobot) {
		t.Errorf("away: %+v", r)
	}
	for _, address := range []string{"http://example.com/cgi-bin/webhook/send?key=" + canaryRobot, "https://u:p@qyapi.weixin.qq.com/x?key=" + canaryRobot, "://" + canaryRobot} {
		_, err := NewSender(SenderOptions{RobotURL: address})
		if err == nil || strings.Contains(err.Error(), canaryRobot) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestRobotKeepsItsPace: the 21st message of a minute waits, in whichever minute of the clock it falls.
func TestRobotKeepsItsPace(t *testing.T) {
	p := newPlatform(t)
	now := testNow.Truncate(time.Minute).Add(30 * time.Second)
	s := p.sender(t, p.withRobot, func(o *SenderOptions) { o.Now = func() time.Time { return now } })
	message := effect(bot.KindRobot, bot.Robot{Title: "x", Text: "y"})
	for range 20 {
		if _, err := s.Send(t.Context(), message); err != nil {
			t.Fatal(err)
		}
	}
	for _, after := range []time.Duration{0, 40 * time.Second} {
		now = now.Add(after)
		if r := refusalOf(t, s, message); r.Class != bot.ClassRetry || r.After <= 0 || r.After > time.Minute {
			t.Errorf("after %v: %+v", after, r)
		}
	}
	now = now.Add(time.Minute)
	if _, err := s.Send(t.Context(), message); err != nil {
		t.Error(err)
	}
	if requests, _, _, _ := p.seen(); len(requests) != 21 {
		t.Errorf("%d requests", len(requests))
	}
}
