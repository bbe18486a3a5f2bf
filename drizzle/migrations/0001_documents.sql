CREATE TABLE "activities" (
	"agent_id" integer NOT NULL,
	"id" varchar(100) NOT NULL,
	"organisation_id" integer NOT NULL,
	"log" integer NOT NULL,
	"journal_offset" bigint NOT NULL,
	"type" varchar(50) NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"document" jsonb NOT NULL,
	CONSTRAINT "activities_agent_id_id_pk" PRIMARY KEY("agent_id","id")
);
--> statement-breakpoint
CREATE TABLE "agent_bases" (
	"agent_id" integer NOT NULL,
	"log" integer NOT NULL,
	"seq" integer NOT NULL,
	"organisation_id" integer NOT NULL,
	"document" jsonb NOT NULL,
	"record" jsonb NOT NULL,
	CONSTRAINT "agent_bases_agent_id_log_pk" PRIMARY KEY("agent_id","log")
);
--> statement-breakpoint
CREATE TABLE "agent_events" (
	"agent_id" integer NOT NULL,
	"log" integer NOT NULL,
	"seq" integer NOT NULL,
	"organisation_id" integer NOT NULL,
	"journal_offset" bigint NOT NULL,
	"type" varchar(50) NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"event" jsonb NOT NULL,
	CONSTRAINT "agent_events_agent_id_log_seq_pk" PRIMARY KEY("agent_id","log","seq")
);
--> statement-breakpoint
CREATE TABLE "agent_sessions" (
	"agent_id" integer NOT NULL,
	"id" text NOT NULL,
	"organisation_id" integer NOT NULL,
	"log" integer NOT NULL,
	"device" text NOT NULL,
	"address" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"lost_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"ended_by" varchar(50),
	"ended_seq" integer,
	CONSTRAINT "agent_sessions_agent_id_id_pk" PRIMARY KEY("agent_id","id")
);
--> statement-breakpoint
CREATE TABLE "agent_status" (
	"agent_id" integer PRIMARY KEY NOT NULL,
	"organisation_id" integer NOT NULL,
	"log" integer NOT NULL,
	"seq" integer NOT NULL,
	"team_id" integer,
	"status" text NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"document" jsonb NOT NULL,
	"record" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "message_receipts" (
	"message_id" varchar(100) NOT NULL,
	"recipient_id" integer NOT NULL,
	"organisation_id" integer NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone,
	"acknowledged_at" timestamp (3) with time zone,
	CONSTRAINT "message_receipts_message_id_recipient_id_pk" PRIMARY KEY("message_id","recipient_id")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" varchar(100) PRIMARY KEY NOT NULL,
	"organisation_id" integer NOT NULL,
	"is_for_all" boolean NOT NULL,
	"sender_id" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"document" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "projections" (
	"target" varchar(50) NOT NULL,
	"log" integer NOT NULL,
	"epoch" varchar(100) NOT NULL,
	"position" bigint NOT NULL,
	CONSTRAINT "projections_target_log_pk" PRIMARY KEY("target","log"),
	CONSTRAINT "projections_epoch_key" UNIQUE("target","epoch")
);
--> statement-breakpoint
ALTER TABLE "message_receipts" ADD CONSTRAINT "message_receipts_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "activities_at_idx" ON "activities" USING btree ("agent_id","at","id");--> statement-breakpoint
CREATE INDEX "activities_organisation_id_at_idx" ON "activities" USING btree ("organisation_id","at");--> statement-breakpoint
CREATE INDEX "agent_events_at_idx" ON "agent_events" USING btree ("agent_id","at","log","seq");--> statement-breakpoint
CREATE INDEX "agent_sessions_started_at_idx" ON "agent_sessions" USING btree ("agent_id","started_at","id");--> statement-breakpoint
CREATE INDEX "agent_status_team_id_idx" ON "agent_status" USING btree ("organisation_id","team_id");--> statement-breakpoint
CREATE INDEX "message_receipts_recipient_id_idx" ON "message_receipts" USING btree ("recipient_id","sent_at","message_id");--> statement-breakpoint
CREATE INDEX "messages_created_at_idx" ON "messages" USING btree ("organisation_id","created_at");--> statement-breakpoint
CREATE INDEX "messages_for_all_idx" ON "messages" USING btree ("organisation_id","created_at","id") WHERE "messages"."is_for_all";--> statement-breakpoint
ALTER TABLE "agent_status" SET (fillfactor = 50);
