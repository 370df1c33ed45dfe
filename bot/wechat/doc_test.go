package wechat

import (
	"bytes"
	"context"
	"errors"
	"go/parser"
	gotoken "go/token"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/vrep/vrep/bot"
)

// TestImports: the SDK's root package and its server set and use a global logger, so they stay out.
func TestImports(t *testing.T) {
	files := 0
	for _, f := range must(os.ReadDir(".")) {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		files++
		for _, i := range must(parser.ParseFile(gotoken.NewFileSet(), f.Name(), nil, parser.ImportsOnly)).Imports {
			path := strings.Trim(i.Path.Value, `"`)
			switch sdk := "github.com/silenceper/wechat/v2"; path {
			case sdk, sdk + "/officialaccount", sdk + "/officialaccount/server", sdk + "/work", "github.com/sirupsen/logrus":
				t.Errorf("%s imports %s", f.Name(), path)
			}
			if ours, ok := strings.CutPrefix(path, "github.com/vrep/vrep/"); ok && ours != "bot" {
				t.Errorf("%s imports %s: only bot is allowed", f.Name(), ours)
			}
		}
	}
	if files < 10 {
		t.Errorf("%d files read", files)
	}
}

// TestLogsAreBlind: whatever goes wrong, no openid, user id or word is logged.
func TestLogsAreBlind(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	for _, say := range []func(context.Context, bot.Inbound) (bot.Reply, error){
		func(_ context.Context, in bot.Inbound) (bot.Reply, error) { panic(in.Text) },
		func(context.Context, bot.Inbound) (bot.Reply, error) { return bot.Reply{}, errors.New("down") },
	} {
		h := testHook(&ear{say: say}, &tally{})
		h.log = log
		serve(h, newPost(strings.ReplaceAll(textXML(canaryText), testOpenID, canaryOpenID)).as(canaryOpenID).request())
	}
	press := &thumb{err: errors.New("down")}
	h := testCorpHook(press, &tally{})
	h.log = log
	serve(h, newCorpPost(strings.Replace(pressXML, "zhang.san@x", canaryOpenID, 1)).corpRequest())
	if strings.Contains(out.String(), "CANARY") {
		t.Errorf("logged:\n%s", out.String())
	}
	if n := strings.Count(out.String(), "level="); n != 3 {
		t.Errorf("%d lines, want 3:\n%s", n, out.String())
	}
}

func (p *post) as(openid string) *post {
	p.openid = openid
	return p
}
