package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vrep/vrep/sim"
)

const ratedFlow = `flow: rated
title: 评分
version: "1"
owner: 测试
approval: {no: T-1, until: 2099-12-31}
lang: zh-CN
start: {on: ["word:评分"], again: always}
remind: [{after: 2h, say: 您还有一题没有回答。}]
steps:
  - id: ward
    ask: 您在哪个病区？
    choices: [{a: 一区 A&B}, {b: 二区}]
  - id: like
    ask: 喜欢吗？
    type: yesno
  - id: grade
    ask: 打几分？
    type: scale
    range: 0..5
  - id: long
    ask: LONG
    choices: [{a: 甲}, {b: 乙}]
  - say: 谢谢，${ward}，${like}，${grade}分，${long}。
  - end: done
`

const paperFlow = `flow: paper
title: 资料
version: "1"
owner: 测试
approval: {no: T-2, until: 2099-12-31}
lang: zh-CN
start: {on: ["word:资料"], again: always}
steps:
  - send: paper
  - end: done
`

const papers = `contents:
  paper:
    title: 文献速览
    kind: literature
    description: 三页
    audience: 0
    approval: {no: T-3, until: 2099-12-31}
    url: https://content.example.com/paper
    mini: {path: pages/paper?id=1, picture: card.png}
`

// choices is a world with a flow of questions that can be pressed, and one doctor who follows.
func choices(t *testing.T, settings map[string]string) *world {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"rated.yaml": strings.Replace(ratedFlow, "LONG", strings.Repeat("长", 630)+"？", 1), "paper.yaml": paperFlow, "contents.yaml": papers, "_config.yaml": "retry: 5\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var card bytes.Buffer
	if err := png.Encode(&card, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "pictures"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "pictures", "card.png"), card.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	settings["flows_dir"] = dir
	w := newWorld(t, 1, settings)
	w.call("/_sim/users/d1/follow", map[string]string{})
	return w
}

// last is the newest message of the account with these words.
func (w *world) last(words string) map[string]any {
	w.t.Helper()
	all := w.get("/_sim/users/d1/transcript")["messages"].([]any)
	for i := len(all) - 1; i >= 0; i-- {
		if m := all[i].(map[string]any); m["from"] == "bot" && strings.Contains(fmt.Sprint(m["text"], m["title"]), words) {
			return m
		}
	}
	w.t.Fatalf("no message with %q in %v", words, all)
	return nil
}

// tap presses an option within a message.
func (w *world) tap(message map[string]any, option string, words ...string) string {
	w.t.Helper()
	return w.heard(option, w.call("/_sim/users/d1/tap", map[string]any{"message": message["id"], "choice": option}), words)
}

func TestPressedLinksAnswer(t *testing.T) {
	w := choices(t, map[string]string{"wechat_choice_links": "on"})
	w.say("d1", "评分", `1. <a href="weixin://bizmsgmenu?msgmenucontent=一区%20A%26B&msgmenuid=`, `2. <a href=`, `>二区</a>`)
	ward := w.last("病区")
	w.say("d1", "看不懂的话", "病区") // asked again unchanged: the first links still hold
	w.tap(ward, "一区 A&B", "喜欢吗")
	like := w.last("喜欢吗")
	w.tap(ward, "二区", "该选项已过期", "喜欢吗")
	w.tap(like, "是", "打几分", `>0</a>  <a href=`)
	grade := w.last("打几分")
	w.tap(like, "否", "该选项已过期", "打几分")
	reply := w.tap(grade, "4", "1. 甲\n2. 乙")
	if strings.Contains(reply, "<a") {
		t.Errorf("a text that the links make too long has them:\n%s", reply)
	}
	w.say("d1", "乙", "谢谢，一区 A&B，是，4分，乙。")
	w.tap(grade, "5", "该选项已过期")
	w.say("d1", "评分", "病区")
	w.tap(ward, "二区", "该选项已过期", "病区") // the same question of an earlier talk
}

func TestPressesWithoutUsableIDs(t *testing.T) {
	for _, ids := range []string{sim.MenuIDZero, sim.MenuIDMissing} {
		t.Run(ids, func(t *testing.T) {
			w := choices(t, map[string]string{"wechat_choice_links": "on"})
			a := w.platform.AccountSettings()
			a.MenuIDs = ids
			if err := w.platform.SetAccount(a); err != nil {
				t.Fatal(err)
			}
			w.say("d1", "评分", "<a ")
			w.tap(w.last("病区"), "一区 A&B", "喜欢吗")
			w.tap(w.last("喜欢吗"), "否", "打几分")
			w.say("d1", "3", "甲")
			w.say("d1", "1", "谢谢，一区 A&B，否，3分，甲。")
		})
	}
}

func TestPlainChoicesStayPlain(t *testing.T) {
	w := choices(t, map[string]string{"wechat_choice_links": "off"})
	for _, line := range []string{"评分", "1", "2", "5", "乙", "资料"} {
		if text := w.say("d1", line); strings.Contains(text, "bizmsgmenu") {
			t.Errorf("after %q a link:\n%s", line, text)
		}
	}
	if m := w.last("谢谢"); m["text"] != "谢谢，一区 A&B，否，5分，乙。" {
		t.Errorf("answers %v", m["text"])
	}
	if m := w.last("文献速览"); m["via"] != "reply" || m["kind"] != "news" {
		t.Errorf("content that is all the turn says came as %v via %v", m["kind"], m["via"])
	}
}

func TestRemindersBringTheQuestionAsAMenu(t *testing.T) {
	for _, kind := range []string{sim.KindService, sim.KindTest} {
		t.Run(kind, func(t *testing.T) {
			w := choices(t, map[string]string{"wechat_choice_menus": "on", "wechat_choice_links": "off"})
			a := w.platform.AccountSettings()
			a.Kind = kind
			if err := w.platform.SetAccount(a); err != nil {
				t.Fatal(err)
			}
			w.say("d1", "评分", "病区")
			w.call("/_sim/clock", map[string]string{"advance": "2h1m"})
			w.eventually("the reminder", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/users/d1/transcript")), "还有一题") })
			m := w.last("还有一题")
			if !strings.Contains(m["text"].(string), "您在哪个病区？") || m["via"] != "service" {
				t.Errorf("the reminder says %v via %v", m["text"], m["via"])
			}
			list, _ := m["choices"].([]any)
			if kind == sim.KindTest {
				if len(list) != 0 || !strings.Contains(m["text"].(string), "2. 二区") {
					t.Errorf("an account that may not send menus got %v", m)
				}
				return
			}
			if len(list) != 2 || strings.Contains(m["text"].(string), "2. 二区") {
				t.Fatalf("the menu is %v", m)
			}
			press := map[string]any{"message": m["id"], "choice": list[1].(map[string]any)["id"]}
			w.heard("the menu", w.call("/_sim/users/d1/choose", press), []string{"喜欢吗"})
			w.heard("the menu again", w.call("/_sim/users/d1/choose", press), []string{"该选项已过期", "喜欢吗"})
		})
	}
}

func TestContentComesAsAMiniProgramCard(t *testing.T) {
	const mini = "wx1111111111111111"
	for _, bound := range []bool{true, false} {
		t.Run(fmt.Sprint(bound), func(t *testing.T) {
			w := choices(t, map[string]string{"wechat_mini_app_id": mini})
			if a := w.platform.AccountSettings(); bound {
				a.MiniApps = []string{mini}
				if err := w.platform.SetAccount(a); err != nil {
					t.Fatal(err)
				}
			}
			w.say("d1", "资料")
			w.eventually("the card", func() bool { return strings.Contains(fmt.Sprint(w.get("/_sim/users/d1/transcript")), "文献速览") })
			m := w.last("文献速览")
			if bound && (m["kind"] != "miniprogram" || m["pagepath"] != "pages/paper?id=1" || m["appid"] != mini) {
				t.Errorf("the card is %v", m)
			}
			if !bound && m["text"] != "文献速览\nhttps://content.example.com/paper" {
				t.Errorf("without the mini-program came %v", m)
			}
		})
	}
}
