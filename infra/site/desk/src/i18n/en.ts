// Every English string of the desk, one file per part so that two people rarely meet in one.
import common from "./en/common.json";
import contacts from "./en/contacts.json";
import officers from "./en/officers.json";
import places from "./en/places.json";
import reasons from "./en/reasons.json";
import shell from "./en/shell.json";
import tasks from "./en/tasks.json";
import updates from "./en/updates.json";

const english = { common, contacts, officers, places, reasons, shell, tasks, updates };
export default english;
