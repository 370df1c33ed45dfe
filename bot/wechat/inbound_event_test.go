package wechat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vrep/vrep/bot"
)

// eventCases are the events of the platform in both data formats, as its pages show them, and what arrives of each.
var eventCases = []struct {
	name, event, xml, json string
	want                   bot.Inbound
}{
	{"follow", "subscribe", "<EventKey><![CDATA[]]></EventKey>", `"EventKey":""`, bot.Inbound{}},
	{"follow by code", "subscribe", "<EventKey><![CDATA[qrscene_rep7]]></EventKey><Ticket><![CDATA[T]]></Ticket>", `"EventKey":"qrscene_rep7","Ticket":"T"`,
		bot.Inbound{EventKey: "qrscene_rep7"}},
	{"unfollow", "unsubscribe", "<EventKey/>", `"EventKey":null`, bot.Inbound{}},
	{"scan", "SCAN", "<EventKey><![CDATA[rep7]]></EventKey><Ticket><![CDATA[T]]></Ticket>", `"EventKey":"rep7","Ticket":"T"`, bot.Inbound{EventKey: "rep7"}},
	{"place", "LOCATION", "<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude><Precision>119.385040</Precision>",
		`"Latitude":23.137466,"Longitude":113.352425,"Precision":119.385040`, bot.Inbound{Place: "23.137466,113.352425"}},
	{"menu key", "CLICK", "<EventKey><![CDATA[visit]]></EventKey>", `"EventKey":"visit"`, bot.Inbound{EventKey: "visit"}},
	{"menu link", "VIEW", "<EventKey><![CDATA[https://x/?a=1&b=2]]></EventKey><MenuId>4</MenuId>", `"EventKey":"https://x/?a=1&b=2","MenuId":4`,
		bot.Inbound{EventKey: "https://x/?a=1&b=2"}},
	{"menu mini-program", "view_miniprogram", "<EventKey><![CDATA[pages/index]]></EventKey><MenuId>4</MenuId>", `"EventKey":"pages/index","MenuId":"4"`,
		bot.Inbound{EventKey: "pages/index"}},
	{"code scanned", "scancode_push", "<EventKey><![CDATA[k]]></EventKey><ScanCodeInfo><ScanType><![CDATA[qrcode]]></ScanType><ScanResult><![CDATA[a]]b<c>]]></ScanResult></ScanCodeInfo>",
		`"EventKey":"k","ScanCodeInfo":{"ScanType":"qrcode","ScanResult":"a]]b<c>"}`, bot.Inbound{EventKey: "k", Detail: "a]]b<c>"}},
	{"code scanned, waiting", "scancode_waitmsg", "<EventKey><![CDATA[k]]></EventKey><ScanCodeInfo><ScanType><![CDATA[barcode]]></ScanType><ScanResult><![CDATA[EAN_13,6901234567892]]></ScanResult></ScanCodeInfo>",
		`"EventKey":"k","ScanCodeInfo":{"ScanType":"barcode","ScanResult":"EAN_13,6901234567892"}`, bot.Inbound{EventKey: "k", Detail: "EAN_13,6901234567892"}},
	{"picture taken", "pic_sysphoto", picsXML, picsJSON, bot.Inbound{EventKey: "k"}},
	{"picture taken or chosen", "pic_photo_or_album", picsXML, picsJSON, bot.Inbound{EventKey: "k"}},
	{"picture chosen", "pic_weixin", picsXML, picsJSON, bot.Inbound{EventKey: "k"}},
	{"place chosen", "location_select", "<EventKey><![CDATA[k]]></EventKey><SendLocationInfo><Location_X><![CDATA[23]]></Location_X><Location_Y><![CDATA[113]]></Location_Y><Scale><![CDATA[15]]></Scale><Label><![CDATA[某院]]></Label><Poiname><![CDATA[]]></Poiname></SendLocationInfo>",
		`"EventKey":"k","SendLocationInfo":{"Location_X":"23","Location_Y":"113","Scale":"15","Label":"某院","Poiname":""}`,
		bot.Inbound{EventKey: "k", Place: "23,113", Detail: "某院"}},
	{"template message", "TEMPLATESENDJOBFINISH", "<MsgID>200163836</MsgID><Status><![CDATA[failed:user block]]></Status>", `"MsgID":200163836,"Status":"failed:user block"`,
		bot.Inbound{Report: &bot.Report{MsgID: "200163836", Status: "failed:user block"}}},
	{"mass send", "MASSSENDJOBFINISH", "<MsgID>1000001625</MsgID><Status><![CDATA[err(30003)]]></Status><TotalCount>10</TotalCount><FilterCount>9</FilterCount><SentCount>7</SentCount><ErrorCount>2</ErrorCount><CopyrightCheckResult><Count>2</Count><ResultList><item><ArticleIdx>1</ArticleIdx></item><item><ArticleIdx>2</ArticleIdx></item></ResultList><CheckState>2</CheckState></CopyrightCheckResult><ArticleUrlResult><Count>1</Count></ArticleUrlResult>",
		`"MsgID":"1000001625","Status":"err(30003)","TotalCount":10,"FilterCount":9,"SentCount":7,"ErrorCount":2,"CopyrightCheckResult":{"Count":2,"ResultList":[{"ArticleIdx":1}]}`,
		bot.Inbound{Report: &bot.Report{MsgID: "1000001625", Status: "err(30003)", Sent: 7, Failed: 2}}},
	{"mass send, other spelling, odd numbers", "MASSSENDJOBFINISH", "<MsgId>7</MsgId><Status>send success</Status><SentCount>many</SentCount><ErrorCount>-1</ErrorCount>",
		`"MsgId":7,"Status":"send success","SentCount":1.5,"ErrorCount":true`, bot.Inbound{Report: &bot.Report{MsgID: "7", Status: "send success"}}},
	{"publishing", "PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id><![CDATA[A]]></article_id><article_detail><count>1</count><item><idx>1</idx><article_url><![CDATA[u]]></article_url></item></article_detail></PublishEventInfo>",
		`"PublishEventInfo":{"publish_id":2247503051,"publish_status":0,"article_id":"A","article_detail":{"count":1,"item":[{"idx":1,"article_url":"u"}]}}`,
		bot.Inbound{Report: &bot.Report{MsgID: "2247503051", Status: "0"}}},
	{"asked, several templates", "subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[a]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>2</PopupScene></List><List><TemplateId><![CDATA[b]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>",
		`"SubscribeMsgPopupEvent":{"List":[{"TemplateId":"a","SubscribeStatusString":"accept","PopupScene":"2"},{"TemplateId":"b","SubscribeStatusString":"reject"}]}`, twoPermits},
	{"asked, wrapper repeated", "subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><List><TemplateId>a</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent>\n<SubscribeMsgPopupEvent><List><TemplateId>b</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgPopupEvent>",
		`"SubscribeMsgPopupEvent":[{"List":{"TemplateId":"a","SubscribeStatusString":"accept"}},{"List":{"TemplateId":"b","SubscribeStatusString":"reject"}}]`, twoPermits},
	{"asked, no wrapper", "subscribe_msg_popup_event", "<List><TemplateId>a</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List><List><TemplateId>b</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List>",
		`"List":[{"TemplateId":"a","SubscribeStatusString":"accept","PopupScene":0},{"TemplateId":"b","SubscribeStatusString":"reject","PopupScene":"0"}]`, twoPermits},
	{"asked, one template", "subscribe_msg_popup_event", "<SubscribeMsgPopupEvent><TemplateId>a</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></SubscribeMsgPopupEvent>",
		`"List":{"TemplateId":"a","SubscribeStatusString":"accept"}`, bot.Inbound{Permits: []bot.Permit{{Template: "a", Accepted: true}}}},
	{"asked, odd", "subscribe_msg_popup_event", "<SubscribeMsgPopupEvent>none</SubscribeMsgPopupEvent><List><b></List>", `"List":[1,"x",{"x":7},null,[{"TemplateId":""}]],"x":{}`, bot.Inbound{}},
	{"consent taken back", "subscribe_msg_change_event", "<SubscribeMsgChangeEvent><List><TemplateId><![CDATA[a]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List><List><TemplateId>b</TemplateId><SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgChangeEvent>",
		`"SubscribeMsgChangeEvent":{"List":{"TemplateId":"a","SubscribeStatusString":"reject"}}`, bot.Inbound{Permits: []bot.Permit{{Template: "a"}}}},
	{"subscription message", "subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><TemplateId>a</TemplateId><MsgID>1864323726461255680</MsgID><ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus></List></SubscribeMsgSentEvent>",
		`"List":{"TemplateId":"a","MsgID":"1864323726461255680","ErrorCode":"0","ErrorStatus":"success"}`, bot.Inbound{Report: &bot.Report{MsgID: "1864323726461255680", Status: "success"}}},
	{"subscription messages, one failed", "subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><MsgID>1</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List><List><MsgID>2</MsgID><ErrorCode>2</ErrorCode><ErrorStatus>user refuse</ErrorStatus></List></SubscribeMsgSentEvent>",
		`"List":[{"MsgID":1,"ErrorCode":0,"ErrorStatus":"success"},{"MsgID":2,"ErrorCode":2,"ErrorStatus":"user refuse"}]`, bot.Inbound{Report: &bot.Report{MsgID: "2", Status: "user refuse"}}},
	{"service begins", "kf_create_session", "<KfAccount><![CDATA[a@x]]></KfAccount>", `"KfAccount":"a@x"`, bot.Inbound{Detail: "a@x"}},
	{"service ends", "kf_close_session", "<KfAccount><![CDATA[a@x]]></KfAccount><CloseType><![CDATA[KF]]></CloseType>", `"KfAccount":"a@x"`, bot.Inbound{Detail: "a@x"}},
	{"service handed on", "kf_switch_session", "<FromKfAccount><![CDATA[a@x]]></FromKfAccount><ToKfAccount><![CDATA[b@x]]></ToKfAccount>", `"FromKfAccount":"a@x","ToKfAccount":"b@x"`,
		bot.Inbound{Detail: "a@x b@x"}},
	{"never seen", "brand_new_event", "<EventKey/><Something><Deep>1</Deep></Something>", `"Something":[{"Deep":1}]`, bot.Inbound{}},
}

const (
	picsXML  = "<EventKey><![CDATA[k]]></EventKey><SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum><![CDATA[x]]></PicMd5Sum></item></PicList></SendPicsInfo>"
	picsJSON = `"EventKey":"k","SendPicsInfo":{"Count":1,"PicList":[{"PicMd5Sum":"x"}]}`
)

var twoPermits = bot.Inbound{Permits: []bot.Permit{{Template: "a", Accepted: true}, {Template: "b"}}}

// TestEvents: every event arrives the same in both data formats, from whatever case its name is written in, and no two have one key.
func TestEvents(t *testing.T) {
	seen := map[string]string{}
	for _, c := range eventCases {
		t.Run(c.name, func(t *testing.T) {
			want := c.want
			want.Account, want.OpenID, want.Kind, want.Event, want.SentAt = testApp, testOpenID, "event", c.event, testNow.UTC()
			for format, plain := range map[string]string{
				"XML":  plainXML("event", "<Event><![CDATA["+c.event+"]]></Event>"+c.xml),
				"JSON": messageJSON("event", fmt.Sprintf(`"Event":%q`, c.event)+","+c.json),
			} {
				in := hear(t, plain)
				if other := seen[in.Key]; !strings.HasPrefix(in.Key, "e|") || len(in.Key) > maxKey || other != "" && other != c.name {
					t.Errorf("%s: key %q, also of %q", format, in.Key, other)
				}
				seen[in.Key] = c.name
				in.Key = ""
				if diff := cmp.Diff(want, in); diff != "" {
					t.Errorf("%s (-want +got):\n%s", format, diff)
				}
			}
			lower := hear(t, plainXML("event", "<Event>"+strings.ToLower(c.event)+"</Event>"+c.xml))
			lower.Key, lower.Event = "", c.event
			if diff := cmp.Diff(want, lower); diff != "" {
				t.Errorf("in small letters (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEventsOfOneSecond: two events of one second are two, however little they differ; one event is one, however its fields are ordered.
func TestEventsOfOneSecond(t *testing.T) {
	pairs := map[string][2]string{
		"places":    {"<Latitude>23.1</Latitude><Longitude>113.3</Longitude>", "<Latitude>23.2</Latitude><Longitude>113.3</Longitude>"},
		"menu keys": {"<EventKey>a</EventKey>", "<EventKey>b</EventKey>"},
		"reports":   {"<MsgID>1</MsgID><Status>success</Status>", "<MsgID>2</MsgID><Status>success</Status>"},
		"tickets":   {"<EventKey>a</EventKey><Ticket>1</Ticket>", "<EventKey>a</EventKey><Ticket>2</Ticket>"},
		"templates": {"<S><List><TemplateId>a</TemplateId></List></S>", "<S><List><TemplateId>b</TemplateId></List></S>"},
		"pictures":  {"<P><item><PicMd5Sum>a</PicMd5Sum></item></P>", "<P><item><PicMd5Sum>b</PicMd5Sum></item></P>"},
		"borders":   {"<A>1</A><B>23</B>", "<A>12</A><B>3</B>"},
		"names":     {"<A>1</A>", "<B>1</B>"},
	}
	for name, pair := range pairs {
		one, other := hear(t, plainXML("event", "<Event>E</Event>"+pair[0])), hear(t, plainXML("event", "<Event>E</Event>"+pair[1]))
		again := hear(t, plainXML("event", "<Event>E</Event>\r\n  "+pair[0]))
		if one.Key == other.Key || one.Key != again.Key {
			t.Errorf("%s: keys %q and %q, resent %q", name, one.Key, other.Key, again.Key)
		}
	}
	straight, turned := hear(t, plainXML("event", "<Event>E</Event><A>1</A><B>2</B>")), hear(t, plainXML("event", "<B>2</B><Event>E</Event><A>1</A>"))
	if straight.Key != turned.Key {
		t.Errorf("the order of fields makes two events: %q %q", straight.Key, turned.Key)
	}
	json, turned := hear(t, messageJSON("event", `"Event":"E","A":1,"B":{"c":2}`)), hear(t, messageJSON("event", `"B":{"c":2},"A":1,"Event":"E"`))
	if json.Key != turned.Key {
		t.Errorf("the order of members makes two events: %q %q", json.Key, turned.Key)
	}
	later := strings.Replace(plainXML("event", "<Event>E</Event>"), fmt.Sprint(testNow.Unix()), fmt.Sprint(testNow.Unix()+1), 1)
	if hear(t, plainXML("event", "<Event>E</Event>")).Key == hear(t, later).Key {
		t.Error("two seconds are one")
	}
}

// TestPressedChoices: the id of a pressed choice arrives in any of the forms in which it is sent; an odd one is none and costs nothing.
func TestPressedChoices(t *testing.T) {
	for id, want := range map[string]string{"101": "101", "0": "0", "": "", " ": "", "a b": "", "<x/>": "", strings.Repeat("9", 65): "", "12-3": "12-3"} {
		in := hear(t, plainXML("text", "<Content><![CDATA[心内科]]></Content><MsgId>1</MsgId><bizmsgmenuid>"+id+"</bizmsgmenuid>"))
		if in.MenuID != want || in.Text != "心内科" {
			t.Errorf("%q came as %q with %q", id, in.MenuID, in.Text)
		}
	}
	for _, member := range []string{`"bizmsgmenuid":101`, `"bizmsgmenuid":"101"`} {
		if in := hear(t, messageJSON("text", `"Content":"心内科","MsgId":1,`+member)); in.MenuID != "101" {
			t.Errorf("%s came as %q", member, in.MenuID)
		}
	}
	in := hear(t, textXML("x]]></Content><bizmsgmenuid>101</bizmsgmenuid><Content><![CDATA[y"))
	if in.MenuID != "" {
		t.Errorf("typed, came as a press of %q", in.MenuID)
	}
}

// TestUnknownKinds: a message that nobody knows is taken, with whatever the platform calls it.
func TestUnknownKinds(t *testing.T) {
	for kind, want := range map[string]string{"holo-gram": "holo-gram", "": kindOther, "音频": kindOther, "a b": kindOther, strings.Repeat("k", 25): kindOther} {
		for _, plain := range []string{plainXML(kind, "<MsgId>1</MsgId><Title>标题</Title>"), messageJSON(kind, `"MsgId":1,"Title":"标题"`)} {
			if in := hear(t, plain); in.Kind != want || in.MsgID != "1" || in.Detail != "标题" {
				t.Errorf("%q came as %+v", kind, in)
			}
		}
	}
	if in := hear(t, strings.Replace(textXML("x"), "<MsgType><![CDATA[text]]></MsgType>", "", 1)); in.Kind != kindOther {
		t.Errorf("without a kind: %+v", in)
	}
}
