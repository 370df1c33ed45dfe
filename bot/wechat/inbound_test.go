package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
)

// hear sends one plain message through the webhook and returns what arrived.
func hear(t *testing.T, plain string) bot.Inbound {
	t.Helper()
	e, c := &ear{}, &tally{}
	serve(testHook(e, c), newPost(plain).request())
	if len(e.heard) != 1 {
		t.Fatalf("not delivered: %v\n%s", c.n, plain)
	}
	return e.heard[0]
}

func TestKinds(t *testing.T) {
	base := bot.Inbound{Account: testApp, OpenID: testOpenID, SentAt: testNow.UTC(), MsgID: "1", Key: messageKey("1")}
	with := func(change func(*bot.Inbound)) bot.Inbound { in := base; change(&in); return in }
	for kind, c := range map[string]struct {
		rest string
		want bot.Inbound
	}{
		"text":  {"<Content><![CDATA[你好]]></Content><MsgId>1</MsgId>", with(func(i *bot.Inbound) { i.Text = "你好" })},
		"image": {"<PicUrl><![CDATA[http://p/1]]></PicUrl><MediaId><![CDATA[m1]]></MediaId><MsgId>1</MsgId>", with(func(i *bot.Inbound) { i.MediaID, i.Detail = "m1", "http://p/1" })},
		"voice": {"<MediaId><![CDATA[m2]]></MediaId><Format><![CDATA[amr]]></Format><Recognition><![CDATA[周三下午]]></Recognition><MsgId>1</MsgId>",
			with(func(i *bot.Inbound) { i.MediaID, i.Text = "m2", "周三下午" })},
		"video":      {"<MediaId><![CDATA[m3]]></MediaId><ThumbMediaId><![CDATA[t]]></ThumbMediaId><MsgId>1</MsgId>", with(func(i *bot.Inbound) { i.MediaID = "m3" })},
		"shortvideo": {"<MediaId><![CDATA[m4]]></MediaId><MsgId>1</MsgId>", with(func(i *bot.Inbound) { i.MediaID = "m4" })},
		"location": {"<Location_X>23.1</Location_X><Location_Y>113.3</Location_Y><Scale>20</Scale><Label><![CDATA[某院]]></Label><MsgId>1</MsgId>",
			with(func(i *bot.Inbound) { i.Place, i.Text = "23.1,113.3", "某院" })},
		"link": {"<Title><![CDATA[指南]]></Title><Description><![CDATA[d]]></Description><Url><![CDATA[https://x/]]></Url><MsgId>1</MsgId>", with(func(i *bot.Inbound) { i.Detail = "指南 https://x/" })},
		"miniprogrampage": {"<Title><![CDATA[小程序]]></Title><AppId><![CDATA[wx1]]></AppId><PagePath><![CDATA[pages/a]]></PagePath><ThumbUrl><![CDATA[u]]></ThumbUrl><ThumbMediaId><![CDATA[t]]></ThumbMediaId><MsgId>1</MsgId>",
			with(func(i *bot.Inbound) { i.Detail = "小程序 pages/a" })},
		"file":         {"<Title><![CDATA[报告.pdf]]></Title><FileKey><![CDATA[k]]></FileKey><MsgId>1</MsgId>", with(func(i *bot.Inbound) { i.Detail = "报告.pdf" })},
		"brandnewkind": {"<Something><Deep>1</Deep></Something><MsgId>1</MsgId>", base},
	} {
		t.Run(kind, func(t *testing.T) {
			c.want.Kind = kind
			if diff := cmp.Diff(c.want, hear(t, plainXML(kind, c.rest))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhatADoctorTypesStaysText: nothing typed may change another field, and nothing typed costs the message.
func TestWhatADoctorTypesStaysText(t *testing.T) {
	for _, typed := range []string{
		"a]]>b", "]]>", "]]]]>", "<![CDATA[x", "]]></Content>", "<b>&amp;</b>", "</xml>", "<?php ?>", "<!DOCTYPE x>",
		"x]]></Content><FromUserName><![CDATA[oVictim]]></FromUserName><Content><![CDATA[y",
		"x]]></Content><MsgId>999</MsgId><Content><![CDATA[y",
		"x]]></Content><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event></xml>",
		"x]]></FromUserName><FromUserName><![CDATA[oVictim]]></FromUserName>",
		"x]]></MsgType><CreateTime>1</CreateTime>", "𠮷👩🏻‍⚕️", "一\n二\t三", strings.Repeat("字", 10000),
	} {
		in := hear(t, textXML(typed))
		want := bot.Inbound{Account: testApp, OpenID: testOpenID, Kind: "text", Text: typed, MsgID: "23456789012345678",
			Key: messageKey("23456789012345678"), SentAt: testNow.UTC()}
		if diff := cmp.Diff(want, in); diff != "" {
			t.Errorf("%q (-want +got):\n%s", typed, diff)
		}
	}
}

// TestTypedTitleCannotSetTheID: in a link the typed fields stand before MsgId.
func TestTypedTitleCannotSetTheID(t *testing.T) {
	in := hear(t, plainXML("link", "<Title><![CDATA[x]]></Title><MsgId>999</MsgId><Description><![CDATA[]]></Title>\n<Description><![CDATA[d]]></Description><Url><![CDATA[u]]></Url><MsgId>1</MsgId>"))
	if in.MsgID != "1" || in.Kind != "link" || in.OpenID != testOpenID {
		t.Errorf("%+v", in)
	}
}

// TestProperlySplitCDATA: should the platform begin to escape, the text is the same.
func TestProperlySplitCDATA(t *testing.T) {
	if in := hear(t, textXML("a]]]]><![CDATA[>b")); in.Text != "a]]>b" {
		t.Errorf("text %q", in.Text)
	}
}

func TestUnfitCharactersAreCleaned(t *testing.T) {
	for typed, want := range map[string]string{
		"a\x02b\x00c\x1b\x7fd": "abcd",
		"a\r\nb\rc":            "a\nb\nc",
		"bad \xff\xfe bytes":   "bad \ufffd bytes",
		"half \xed\xa0\x80 ":   "half \ufffd ",
		"\u0085x\u009f":        "x",
	} {
		in := hear(t, textXML(typed))
		if in.Text != want || !utf8.ValidString(in.Text) {
			t.Errorf("%q came as %q, want %q", typed, in.Text, want)
		}
	}
}

func TestEscapedTextWithoutCDATA(t *testing.T) {
	in := hear(t, plainXML("text", "<Content>a &lt;b&gt; &amp; &#20013;&#x6587; &nbsp; &</Content><MsgId>1</MsgId>"))
	if want := "a <b> & 中文 &nbsp; &"; in.Text != want {
		t.Errorf("text %q, want %q", in.Text, want)
	}
}

// TestOddNumbers: a number out of shape never costs the message.
func TestOddNumbers(t *testing.T) {
	for _, rest := range []string{
		"<Content>x</Content><MsgId>99999999999999999999999</MsgId>",
		"<Content>x</Content><MsgId>AbC+/=_-9</MsgId>",
		"<Content>x</Content><MsgId>1</MsgId><bizmsgmenuid>abc</bizmsgmenuid><isrisky>2</isrisky><Location_X>north</Location_X>",
	} {
		if in := hear(t, plainXML("text", rest)); in.Text != "x" || !strings.HasSuffix(rest, in.MsgID+"</MsgId>") && in.MsgID != "1" {
			t.Errorf("%s: %+v", rest, in)
		}
	}
	for _, rest := range []string{"<MsgId></MsgId>", "<MsgId>a b</MsgId>", "", "<MsgId>" + strings.Repeat("9", 65) + "</MsgId>"} {
		in := hear(t, plainXML("text", "<Content>x</Content>"+rest))
		if in.MsgID != "" || !strings.HasPrefix(in.Key, "e|") || len(in.Key) > maxKey {
			t.Errorf("%s: %+v", rest, in)
		}
	}
	in := hear(t, strings.Replace(textXML("x"), fmt.Sprint(testNow.Unix()), "soon", 1))
	if !in.SentAt.Equal(testNow) {
		t.Errorf("SentAt %v, want the time of arrival", in.SentAt)
	}
	in = hear(t, strings.Replace(textXML("x"), fmt.Sprint(testNow.Unix()), "4102444800", 1))
	if !in.SentAt.Equal(time.Unix(4102444800, 0)) {
		t.Errorf("SentAt %v, want 2100", in.SentAt)
	}
}

// messageKey is the key of a message of the test's sender.
func messageKey(id string) string { return digest('m', []string{testApp, testOpenID, id}, nil) }

// Two doctors whose messages come with one id are two doctors; their openids cannot be read from the keys.
func TestTheSenderBelongsToTheKey(t *testing.T) {
	for _, id := range []string{"1", strings.Repeat("9", 60)} {
		one := hear(t, plainXML("text", "<Content>x</Content><MsgId>"+id+"</MsgId>"))
		resent := hear(t, plainXML("text", "<Content>x</Content><MsgId>"+id+"</MsgId>"))
		e := &ear{}
		serve(testHook(e, &tally{}), newPost(strings.Replace(plainXML("text", "<Content>x</Content><MsgId>"+id+"</MsgId>"), testOpenID, "oOther", 1)).as("oOther").request())
		if len(e.heard) != 1 {
			t.Fatal("the other doctor's message was not delivered")
		}
		other := e.heard[0]
		if one.Key != resent.Key || one.Key == other.Key || other.OpenID != "oOther" {
			t.Errorf("keys %q, resent %q, of the other doctor %q", one.Key, resent.Key, other.Key)
		}
		if keys := one.Key + other.Key; len(one.Key) > maxKey || strings.Contains(keys, "oOther") || strings.Contains(keys, testOpenID) {
			t.Errorf("keys %q and %q", one.Key, other.Key)
		}
	}
}

func TestJSONBodies(t *testing.T) {
	plain := fmt.Sprintf(`{"ToUserName":%q,"FromUserName":%q,"CreateTime":%d,"MsgType":"text","Content":"一\n二 \ud83d 三 \ud83d\udc69]]>","MsgId":99999999999999999999,"bizmsgmenuid":"abc","FromUserName":"oVictim","Nested":{"MsgId":[1,{"a":2}]},"No":null,"Yes":true}`,
		testOriginal, testOpenID, testNow.Unix())
	e := &ear{}
	p := newPost(plain).seal()
	p.body = fmt.Sprintf(`{"ToUserName":%q,"Encrypt":%q}`, testOriginal, p.sealed)
	serve(testHook(e, &tally{}), p.request())
	if len(e.heard) != 1 {
		t.Fatal("not delivered")
	}
	want := bot.Inbound{Account: testApp, OpenID: testOpenID, Kind: "text", Text: "一\n二 \ufffd 三 👩]]>", MsgID: "99999999999999999999", MenuID: "abc",
		Key: messageKey("99999999999999999999"), SentAt: testNow.UTC()}
	if diff := cmp.Diff(want, e.heard[0]); diff != "" {
		t.Error(diff)
	}
}

func TestJSONControlCharacters(t *testing.T) {
	in := hear(t, fmt.Sprintf("{\"ToUserName\":%q,\"FromUserName\":%q,\"CreateTime\":1,\"MsgType\":\"text\",\n\"Content\":\"a\nb\x02c\\\"d\\\\\",\"MsgId\":1}", testOriginal, testOpenID))
	if want := "a\nbc\"d\\"; in.Text != want {
		t.Errorf("text %q, want %q", in.Text, want)
	}
}

// A place that is none on earth is no place; its words still arrive.
func TestPlaces(t *testing.T) {
	for rest, want := range map[string]string{
		"<Location_X>-90</Location_X><Location_Y>180.0</Location_Y>":            "-90,180.0",
		"<Location_X>91</Location_X><Location_Y>1</Location_Y>":                 "",
		"<Location_X>NaN</Location_X><Location_Y>1</Location_Y>":                "",
		"<Location_X>1,2</Location_X><Location_Y>1</Location_Y>":                "",
		"<Label><![CDATA[某院]]></Label>":                                         "",
		"<Location_X> 31.2 </Location_X><Location_Y>121.4</Location_Y><Label/>": "31.2,121.4",
	} {
		in := hear(t, plainXML("location", rest+"<MsgId>1</MsgId>"))
		if in.Place != want || strings.Contains(rest, "某院") != (in.Text == "某院") {
			t.Errorf("%s: place %q, words %q", rest, in.Place, in.Text)
		}
	}
}
