#include "notify/smtp/smtp_dialogue.h"

#include "base/known_secrets.h"

namespace lakeferry::notify {
namespace {

TEST(SmtpDialogue, NamesTheCommandAServerRefused) {
  SmtpDialogue dialogue;
  dialogue.OnCommand("MAIL FROM:<a@b>\r\n");
  dialogue.OnReply("250 fine\r\n");
  dialogue.OnCommand("RCPT TO:<c@d>\r\n");
  dialogue.OnReply("550 5.1.1 nobody\r\n");
  ASSERT_EQ(dialogue.refusals().size(), 1u);
  EXPECT_EQ(dialogue.refusals()[0].command, "RCPT TO:<c@d>");
  EXPECT_EQ(dialogue.refusals()[0].reply, "550 5.1.1 nobody");
  EXPECT_EQ(dialogue.refusals()[0].code, 550);
}

TEST(SmtpDialogue, ReadsRepliesInPiecesAndOfSeveralLines) {
  SmtpDialogue dialogue;
  dialogue.OnCommand("DATA\r\n");
  dialogue.OnReply("452-full");
  dialogue.OnReply(" disk\r\n45");
  dialogue.OnReply("2 try later\r\n");
  ASSERT_EQ(dialogue.refusals().size(), 1u);
  EXPECT_EQ(dialogue.refusals()[0].command, "the message");
  EXPECT_EQ(dialogue.refusals()[0].reply, "452 try later");
}

TEST(SmtpDialogue, KeepsNothingOfALogin) {
  SmtpDialogue dialogue;
  dialogue.OnCommand("AUTH LOGIN\r\n");
  dialogue.OnReply("334 VXNlcm5hbWU6\r\n");
  dialogue.OnCommand("QUITc2VjcmV0\r\n");  // Base64 that looks like a command
  dialogue.OnReply("535 no such user with password secret\r\n");
  ASSERT_EQ(dialogue.refusals().size(), 1u);
  EXPECT_EQ(dialogue.refusals()[0].command, "the login");
  EXPECT_EQ(dialogue.refusals()[0].reply, "535");
}

TEST(SmtpDialogue, AnEchoedSecretIsGoneBeforeBlanksAreJoinedAndTheLineIsCut) {
  RememberSecret(Secret(std::string("tiger  and  lily")));
  for (size_t lead = 150; lead < 200; ++lead) {
    SmtpDialogue dialogue;
    dialogue.OnCommand("MAIL FROM:<a@b>\r\n");
    dialogue.OnReply("550 " + std::string(lead, 'x') + "tiger  and  lily dGlnZXIgIGFuZCAgbGlseQ==\r\n");
    ASSERT_EQ(dialogue.refusals().size(), 1u);
    EXPECT_THAT(dialogue.refusals()[0].reply, ::testing::Not(::testing::HasSubstr("ti"))) << lead;
    EXPECT_THAT(dialogue.refusals()[0].reply, ::testing::Not(::testing::HasSubstr("dG"))) << lead;
  }
}

TEST(SmtpDialogue, NeutralisesControlCharactersOfTheServer) {
  SmtpDialogue dialogue;
  dialogue.OnCommand("DATA\r\n");
  dialogue.OnReply("554 a\x1B[31m\rforged=line\r\n");
  ASSERT_EQ(dialogue.refusals().size(), 1u);
  EXPECT_EQ(dialogue.refusals()[0].reply, "554 a [31m forged=line");
}

TEST(SmtpDialogue, IsNotFilledByAServerThatNeverEndsALine) {
  SmtpDialogue dialogue;
  for (int i = 0; i < 10'000; ++i) dialogue.OnReply("5555555555");
  dialogue.OnReply("\r\n550 end\r\n");
  ASSERT_EQ(dialogue.refusals().size(), 1u);
  EXPECT_EQ(dialogue.refusals()[0].code, 550);
}

}  // namespace
}  // namespace lakeferry::notify
