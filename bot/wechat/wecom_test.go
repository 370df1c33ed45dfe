package wechat

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/silenceper/wechat/v2/util"
)

// thumb keeps the presses.
type thumb struct {
	presses []Press
	text    string
	err     error
}

func (h *thumb) press(_ context.Context, p Press) (string, error) {
	h.presses = append(h.presses, p)
	return h.text, h.err
}

func testCorpHook(h *thumb, c *tally) *WeComHook {
	return must(NewWeCom(WeComOptions{CorpID: testCorp, AgentID: "1000002", Token: testToken, AESKey: corpKey,
		Press: h.press, Now: func() time.Time { return testNow }, Count: c.count}))
}

const pressXML = `<xml>
<ToUserName><![CDATA[` + testCorp + `]]></ToUserName>
<FromUserName><![CDATA[zhang.san@x]]></FromUserName>
<CreateTime>1793500000</CreateTime>
<MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[template_card_event]]></Event>
<EventKey><![CDATA[decline]]></EventKey>
<TaskId><![CDATA[lead-1@a_2]]></TaskId>
<CardType><![CDATA[button_interaction]]></CardType>
<ResponseCode><![CDATA[RC-1]]></ResponseCode>
<AgentID>1000002</AgentID>
<SelectedItems>
  <SelectedItem>
    <QuestionKey><![CDATA[reason]]></QuestionKey>
    <OptionIds><OptionId><![CDATA[far]]></OptionId></OptionIds>
  </SelectedItem>
  <SelectedItem>
    <QuestionKey><![CDATA[when]]></QuestionKey>
    <OptionIds><OptionId><![CDATA[am]]></OptionId><OptionId><![CDATA[pm]]></OptionId></OptionIds>
  </SelectedItem>
</SelectedItems>
</xml>`

// newCorpPost is a callback as WeCom sends it: no plain signature, no mode, no openid.
func newCorpPost(plain string) *post {
	p := &post{method: http.MethodPost, to: testCorp, key: corpKey, token: testToken, plain: plain, timestamp: testNow.Unix(), nonce: nextNonce()}
	return p
}

func (p *post) corpRequest() *http.Request {
	p.seal()
	for _, name := range []string{"signature", "encrypt_type", "openid"} {
		p.query.Del(name)
	}
	return httptest.NewRequest(p.method, "/wecom/callback?"+p.query.Encode(), strings.NewReader(p.body))
}

func TestPress(t *testing.T) {
	h, c := &thumb{text: "已由您接受 ]]> <"}, &tally{}
	res := serve(testCorpHook(h, c), newCorpPost(pressXML).corpRequest())
	want := []Press{{UserID: "zhang.san@x", Key: "decline", Task: "lead-1@a_2", ResponseCode: "RC-1", Selected: map[string]string{"reason": "far", "when": "am"}}}
	if diff := cmp.Diff(want, h.presses); diff != "" {
		t.Error(diff)
	}
	got := openPassive(t, bodyOf(res), testCorp, corpKey)
	reply := passive{ToUserName: "zhang.san@x", FromUserName: testCorp, MsgType: "update_button", CreateTime: testNow.Unix()}
	reply.Button.ReplaceName = "已由您接受 ]]> <"
	if diff := cmp.Diff(reply, got); diff != "" {
		t.Error(diff)
	}
}

func TestPressWithoutWords(t *testing.T) {
	h, c := &thumb{}, &tally{}
	plain := pressXML[:strings.Index(pressXML, "<SelectedItems>")] + "</xml>"
	res := serve(testCorpHook(h, c), newCorpPost(plain).corpRequest())
	if got := bodyOf(res); got != "success" || len(h.presses) != 1 || len(h.presses[0].Selected) != 0 {
		t.Errorf("%q %+v", got, h.presses)
	}
}

func TestPressErrorIs503(t *testing.T) {
	h, c := &thumb{text: "x", err: errors.New("down")}, &tally{}
	res := serve(testCorpHook(h, c), newCorpPost(pressXML).corpRequest())
	if got := bodyOf(res); res.StatusCode != http.StatusServiceUnavailable || got != "" {
		t.Errorf("%d %q", res.StatusCode, got)
	}
}

func TestOtherCorpEventsAreTaken(t *testing.T) {
	for _, plain := range []string{
		strings.Replace(pressXML, "template_card_event", "enter_agent", 1),
		strings.Replace(pressXML, "template_card_event", "template_card_menu_event", 1),
		"<xml><ToUserName><![CDATA[" + testCorp + "]]></ToUserName><FromUserName><![CDATA[u]]></FromUserName><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hi]]></Content><MsgId>AbC=</MsgId></xml>",
		"<xml><ToUserName><![CDATA[" + testCorp + "]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_contact]]></Event></xml>",
	} {
		h, c := &thumb{}, &tally{}
		res := serve(testCorpHook(h, c), newCorpPost(plain).corpRequest())
		if got := bodyOf(res); got != "success" || len(h.presses) != 0 {
			t.Errorf("%q %+v %v", got, h.presses, c.n)
		}
	}
}

func TestCorpEcho(t *testing.T) {
	stamp := strconv.FormatInt(testNow.Unix(), 10)
	sealed := string(must(util.EncryptMsg([]byte("0123456789abcdef"), []byte("1616140317555161061"), testCorp, corpKey)))
	q := url.Values{"timestamp": {stamp}, "nonce": {"7"}, "echostr": {sealed}, "msg_signature": {util.Signature(testToken, stamp, "7", sealed)}}
	h, c := &thumb{}, &tally{}
	hook := testCorpHook(h, c)
	res := serve(hook, httptest.NewRequest(http.MethodGet, "/?"+q.Encode(), nil))
	if got := bodyOf(res); res.StatusCode != 200 || got != "1616140317555161061" {
		t.Errorf("%d %q", res.StatusCode, got)
	}
	raw := strings.ReplaceAll(q.Encode(), "%2B", "+") // a proxy that unescaped the plus
	if got := bodyOf(serve(hook, httptest.NewRequest(http.MethodGet, "/?"+raw, nil))); got != "1616140317555161061" {
		t.Errorf("unescaped plus: %q", got)
	}
	for name, change := range map[string]func(url.Values){
		"plain echostr":   func(q url.Values) { q.Set("echostr", "1616140317555161061") },
		"plain signature": func(q url.Values) { q.Set("msg_signature", util.Signature(testToken, stamp, "7")) },
		"no signature":    func(q url.Values) { q.Del("msg_signature") },
		"other corp": func(q url.Values) {
			other := string(must(util.EncryptMsg([]byte("0123456789abcdef"), []byte("1"), "wwother", corpKey)))
			q.Set("echostr", other)
			q.Set("msg_signature", util.Signature(testToken, stamp, "7", other))
		},
	} {
		bad := url.Values{}
		for k, v := range q {
			bad[k] = append([]string(nil), v...)
		}
		change(bad)
		res := serve(hook, httptest.NewRequest(http.MethodGet, "/?"+bad.Encode(), nil))
		if got := bodyOf(res); res.StatusCode != http.StatusForbidden || got != "" {
			t.Errorf("%s: %d %q", name, res.StatusCode, got)
		}
	}
}

func TestCorpForgeries(t *testing.T) {
	for name, forge := range map[string]func(p *post){
		"plaintext":        func(p *post) { p.body = p.plain },
		"wrong signature":  func(p *post) { p.msgSignature = strings.Repeat("0", 40) },
		"no signature":     func(p *post) { p.seal().query.Del("msg_signature") },
		"other corp":       func(p *post) { p.to = "wwother" },
		"other key":        func(p *post) { p.key = testKey },
		"official account": func(p *post) { p.plain = textXML("hi") },
		"other agent":      func(p *post) { p.plain = strings.Replace(pressXML, "1000002", "1000003", 1) },
		"other addressee":  func(p *post) { p.plain = strings.Replace(pressXML, testCorp, "wwother", 1) },
		"no presser":       func(p *post) { p.plain = strings.Replace(pressXML, "zhang.san@x", "", 1) },
		"broken selection": func(p *post) { p.plain = strings.Replace(pressXML, "<QuestionKey>", "<Question Key>", 1) },
		"stale":            func(p *post) { p.timestamp -= 301 },
		"shifted": func(p *post) {
			p.seal().query.Set("timestamp", p.query.Get("timestamp")+"1")
		},
	} {
		h, c := &thumb{text: "x"}, &tally{}
		p := newCorpPost(pressXML)
		forge(p)
		res := serve(testCorpHook(h, c), p.corpRequest())
		if got := bodyOf(res); res.StatusCode != http.StatusForbidden || got != "" || len(h.presses) != 0 {
			t.Errorf("%s: %d %q %+v", name, res.StatusCode, got, h.presses)
		}
	}
}

func TestCorpReplay(t *testing.T) {
	h, c := &thumb{text: "x"}, &tally{}
	hook := testCorpHook(h, c)
	first := newCorpPost(pressXML)
	second := newCorpPost(strings.Replace(pressXML, "decline", "accept", 1))
	second.nonce = first.nonce
	serve(hook, first.corpRequest())
	if res := serve(hook, second.corpRequest()); res.StatusCode != http.StatusForbidden || len(h.presses) != 1 {
		t.Errorf("%d %+v", res.StatusCode, h.presses)
	}
}

func FuzzSelected(f *testing.F) {
	f.Add([]byte(pressXML[strings.Index(pressXML, "<SelectedItem>"):strings.Index(pressXML, "</SelectedItems>")]))
	f.Add([]byte("<SelectedItem><OptionIds/></SelectedItem>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := selected(raw)
		if err != nil && !errors.Is(err, errShape) {
			t.Errorf("%q: %v", raw, err)
		}
		if _, ok := got[""]; ok {
			t.Errorf("%q: nameless question", raw)
		}
	})
}

// TestPressThatTakesLong: the callback is answered in time, and the line reaches the card by the response code.
func TestPressThatTakesLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := make(chan string, 1)
		hook := must(NewWeCom(WeComOptions{
			CorpID: testCorp, Token: testToken, AESKey: corpKey, Now: func() time.Time { return testNow },
			Press: func(ctx context.Context, _ Press) (string, error) {
				select {
				case <-time.After(deadline + time.Second):
					return "已由李四接受", nil
				case <-ctx.Done():
					return "", ctx.Err()
				}
			},
			Late: func(_ context.Context, p Press, text string) error {
				late <- p.UserID + " " + p.ResponseCode + " " + text
				return nil
			},
		}))
		began := time.Now()
		res := serve(hook, newCorpPost(pressXML).corpRequest())
		if got := bodyOf(res); got != "success" || time.Since(began) != deadline {
			t.Errorf("%q after %v", got, time.Since(began))
		}
		hook.Wait()
		if got := <-late; got != "zhang.san@x RC-1 已由李四接受" {
			t.Errorf("late: %q", got)
		}
	})
}

// TestPressThatFailsLate and one that panics: nobody is told anything wrong.
func TestPressThatFailsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := must(NewWeCom(WeComOptions{
			CorpID: testCorp, Token: testToken, AESKey: corpKey, Now: func() time.Time { return testNow },
			Press: func(context.Context, Press) (string, error) {
				<-time.After(deadline + time.Second)
				return "x", errors.New("down")
			},
			Late: func(context.Context, Press, string) error { t.Error("told"); return nil },
		}))
		serve(hook, newCorpPost(pressXML).corpRequest())
		hook.Wait()
	})
	hook := must(NewWeCom(WeComOptions{
		CorpID: testCorp, Token: testToken, AESKey: corpKey, Now: func() time.Time { return testNow },
		Press: func(context.Context, Press) (string, error) { panic("defect") },
	}))
	if res := serve(hook, newCorpPost(pressXML).corpRequest()); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d", res.StatusCode)
	}
}
